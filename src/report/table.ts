/** A table before it is Markdown or HTML; the cells are plain text that the format escapes. */
export interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly string[])[];
}

/** Numbers are set flush right, text flush left. */
export interface Column {
  readonly title: string;
  readonly isNumber: boolean;
}

/** Part of a report: paragraphs, then a table, then bullets. */
export interface Section {
  readonly title: string;
  readonly paragraphs: readonly string[];
  readonly table: Table | null;
  readonly bullets: readonly string[];
}

/** For labels and words, flush left. */
export function textColumn(title: string): Column {
  return { title, isNumber: false };
}

/** For figures, flush right so that their digits stand below each other. */
export function numberColumn(title: string): Column {
  return { title, isNumber: true };
}
