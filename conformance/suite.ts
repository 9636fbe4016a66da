/** One thing that must hold. What `run` throws is why it does not. */
export interface Case {
  readonly name: string;
  run(): void | Promise<void>;
}

export interface SuiteContext {
  /** The folder of public data. */
  readonly data: string;
  /** An empty folder of the run's own; removed at its end. */
  readonly temporary: string;
}

/** The cases of one public set of data. They run in the order in which they come, one after the other. */
export interface Suite {
  readonly about: string;
  /** What it reads, relative to the folder of data. */
  readonly needs: readonly string[];
  cases(context: SuiteContext): AsyncIterable<Case>;
}
