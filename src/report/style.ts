/** The style sheet of `report.html`: one column, system fonts, light and dark, tables that scroll in their box. */
export const STYLE = `
:root { color-scheme: light dark; --paper: #ffffff; --ink: #1c2127; --muted: #5b6570; --line: #dde2e7; --box: #f5f7f9; --idle: #dfe3e7; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #14181c; --ink: #e8ebee; --muted: #a3adb7; --line: #343c44; --box: #1c2228; --idle: #3a434c; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
main { max-width: 1100px; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
h1 { margin: 0; font-size: 1.1rem; font-weight: 600; color: var(--muted); }
.headline { margin: 0.25rem 0 0.75rem; text-wrap: balance; font-size: clamp(1.25rem, 3.2vw, 1.75rem); font-weight: 650; line-height: 1.3; }
h2 { margin: 2.5rem 0 0.5rem; font-size: 1.2rem; }
p { margin: 0.25rem 0 0.75rem; }
.note, footer, figcaption, .legend { color: var(--muted); font-size: 0.9rem; }
svg { display: block; width: 100%; height: auto; }
.narrow { display: none; max-width: 560px; }
.legend { list-style: none; margin: 0.5rem 0 0; padding: 0; display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 19rem), 1fr)); gap: 0.25rem 1.25rem; }
.legend li { display: flex; gap: 0.5rem; align-items: baseline; }
.legend b { color: var(--ink); font-weight: 600; }
.patch { flex: none; width: 0.8rem; height: 0.8rem; border-radius: 2px; align-self: center; }
.stroke { flex: none; width: 1.6rem; border-top: 3px solid; align-self: center; }
.multiples { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 320px), 1fr)); gap: 1.25rem; margin-top: 1rem; }
figure { margin: 0; min-width: 0; }
.multiples figcaption { color: var(--ink); font-weight: 600; }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 6px; }
table { border-collapse: collapse; width: 100%; font-size: 0.9rem; font-variant-numeric: tabular-nums; }
th, td { padding: 0.4rem 0.6rem; text-align: left; border-top: 1px solid var(--line); vertical-align: top; overflow-wrap: normal; }
thead th { border-top: 0; background: var(--box); font-weight: 600; vertical-align: bottom; }
tbody th { font-weight: 500; min-width: min(12.5rem, 38vw); overflow-wrap: anywhere; }
td:not(.number) { min-width: 6.5rem; }
td:nth-child(7):not(.number) { min-width: 15rem; }
.number { text-align: right; white-space: nowrap; }
thead .number { white-space: normal; }
.bullets { margin: 0.75rem 0 0; padding-left: 1.2rem; font-size: 0.9rem; }
.bullets li { margin: 0.15rem 0; }
details { margin-top: 2.5rem; }
summary { cursor: pointer; font-size: 1.2rem; font-weight: 700; }
pre { overflow-x: auto; padding: 0.75rem; background: var(--box); border-radius: 6px; font-size: 0.8rem; line-height: 1.4; }
footer { margin-top: 2.5rem; border-top: 1px solid var(--line); padding-top: 0.75rem; }
footer ul { margin: 0; padding-left: 1.2rem; }
@media (max-width: 760px) {
  .wide { display: none; }
  .narrow { display: block; }
}
@media print { details pre { overflow: visible; white-space: pre-wrap; } }
`;
