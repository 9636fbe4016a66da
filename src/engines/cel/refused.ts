/** Thrown while an expression is read, and told as its fault. */
export class Refused extends Error {
  readonly offset: number;

  constructor(reason: string, offset: number) {
    super(reason);
    this.offset = offset;
  }
}
