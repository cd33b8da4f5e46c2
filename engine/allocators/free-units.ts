/** What hands out a pool by units of one size, blocks or slots: how many of them are free. */
export abstract class FreeUnits {
  freeCount: i32;

  constructor(freeCount: i32) {
    this.freeCount = freeCount;
  }
}
