/**
 * Names and labels come from users and from files of strangers. `plainText` comes first everywhere; then each format
 * has its own escape, and the terminal a width.
 */

const ESCAPE = String.fromCharCode(0x1b);
const CONTROL_SEQUENCE = new RegExp(`${ESCAPE}\\[[0-?]*[ -/]*[@-~]`, "g");

/** Code points that steer a terminal or the direction of text instead of showing something. */
const INVISIBLE: readonly (readonly [number, number])[] = [
  [0x00, 0x1f],
  [0x7f, 0x9f],
  [0xad, 0xad],
  [0x200b, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x206f],
  [0xd800, 0xdfff],
  [0xfeff, 0xfeff],
  [0xfff9, 0xfffb],
  [0xe0000, 0xe007f],
];

/** Code points that take two columns (the wide blocks of Unicode's East Asian Width, UAX #11). */
const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f300, 0x1f64f],
  [0x1f680, 0x1f6ff],
  [0x1f900, 0x1f9ff],
  [0x20000, 0x3fffd],
];

/** Code points that are drawn over the one before them. */
const COMBINING: readonly (readonly [number, number])[] = [
  [0x300, 0x36f],
  [0x483, 0x489],
  [0x591, 0x5bd],
  [0x610, 0x61a],
  [0x64b, 0x65f],
  [0x1ab0, 0x1aff],
  [0x1dc0, 0x1dff],
  [0x20d0, 0x20ff],
  [0xfe00, 0xfe0f],
  [0xfe20, 0xfe2f],
];

/** One line of text without terminal sequences, control and formatting characters; runs of blanks become one. */
export function plainText(text: string): string {
  const shown = [...text.replace(CONTROL_SEQUENCE, "").replace(/[\t\n\r\f\v]/g, " ")].filter(
    (character) => !isIn(INVISIBLE, character),
  );
  return shown.join("").replace(/ +/g, " ").trim();
}

/** For text between tags and in quoted attributes: plain, on one line, and never markup. */
export function escapeHtml(text: string): string {
  return escapeEntities(plainText(text));
}

/** For preformatted text: blanks and line breaks stay. */
export function escapeEntities(text: string): string {
  return text
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/"/g, "&quot;")
    .replace(/'/g, "&#39;");
}

/** For a paragraph or a table cell: nothing in it is read as Markdown or HTML. */
export function escapeMarkdown(text: string): string {
  return plainText(text)
    .replace(/[\\`*_[\]|~#]/g, "\\$&")
    .replace(/^(\d*)([-+.)])(?= )/, "$1\\$2")
    .replace(/&(?=#|\w+;)/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;");
}

/** Columns that plain text takes on a terminal. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

/** Plain text cut in its middle, if need be, to `width` ≥ 3 columns: labels differ at their ends. */
export function shorten(text: string, width: number): string {
  const plain = plainText(text);
  if (displayWidth(plain) <= width) return plain;
  const characters = [...plain];
  const head = takeWidth(characters, Math.ceil((width - 1) / 2));
  const tail = takeWidth(characters.reverse(), width - 1 - displayWidth(head));
  return `${head}…${[...tail].reverse().join("")}`;
}

/** `text` of at most `width` columns, filled up with blanks. */
export function padEndDisplay(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - displayWidth(text)));
}

/** Lines of at most `width` columns, broken at blanks; a word that is longer is cut. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of plainText(text)
    .split(" ")
    .flatMap((long) => pieces(long, width))) {
    const joined = line === "" ? word : `${line} ${word}`;
    if (displayWidth(joined) <= width) line = joined;
    else {
      lines.push(line);
      line = word;
    }
  }
  return [...lines, line];
}

function pieces(word: string, width: number): string[] {
  const parts: string[] = [];
  let rest = [...word];
  while (displayWidth(rest.join("")) > width) {
    const part = takeWidth(rest, width);
    parts.push(part);
    rest = rest.slice([...part].length);
  }
  return [...parts, rest.join("")];
}

function takeWidth(characters: readonly string[], width: number): string {
  let taken = "";
  let room = width;
  for (const character of characters) {
    room -= characterWidth(character);
    if (room < 0) break;
    taken += character;
  }
  return taken;
}

function characterWidth(character: string): number {
  if (isIn(COMBINING, character)) return 0;
  return isIn(WIDE, character) ? 2 : 1;
}

function isIn(ranges: readonly (readonly [number, number])[], character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  return ranges.some(([first, last]) => first <= code && code <= last);
}
