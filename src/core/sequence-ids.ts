/** Small dense integers for live sequences: an id is handed out again after it came back. */
export class SequenceIds {
  readonly #returned: number[] = [];
  #next = 0;

  take(): number {
    return this.#returned.pop() ?? this.#next++;
  }

  give(id: number): void {
    this.#returned.push(id);
  }
}
