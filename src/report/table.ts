/** A table before it is Markdown or HTML; the cells are plain text that the format escapes. */
export interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly string[])[];
}

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

export function textColumn(title: string): Column {
  return { title, isNumber: false };
}

export function numberColumn(title: string): Column {
  return { title, isNumber: true };
}
