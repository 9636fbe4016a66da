/** What an action hands its exit code to. */
export type Finish = (code: Promise<number> | number) => Promise<void>;
