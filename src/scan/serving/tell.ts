/** What an operator reads of a process that serves. */

/** What is told already is told again when something else was in between. */
export function tellOnce(tell: (text: string) => void): (subject: string, text: string) => void {
  const last = new Map<string, string>();
  return (subject, text) => {
    if ((last.get(subject) ?? "") === text) return;
    last.set(subject, text);
    tell(`${subject}: ${text === "" ? "all is well" : text}`);
  };
}

/** Of a mistake of ours. */
export function errorText(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
