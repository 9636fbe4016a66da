/** Command lines and environments of a process as one text. */
import type { Thread } from "../state/thread.ts";

const BLANK = 32;

/** The name, not argv[0], and the arguments with blanks between. */
export function commandLine(thread: Thread): string {
  return thread.commandLine;
}

let joinedArgs: readonly string[] = [];
let joined = "";

/** The arguments without argv[0]; `""` where there are none. */
export function argumentLine(thread: Thread): string {
  const { args } = thread;
  if (args !== joinedArgs) {
    joinedArgs = args;
    joined = args.join(" ");
  }
  return joined;
}

export function environmentLine(thread: Thread): string {
  return thread.leader.environment.join(" ");
}

/** A variable without blanks around it; `""` where it is not set. */
export function environmentVariable(thread: Thread, name: string): string {
  const start = `${name}=`;
  for (const entry of thread.leader.environment) {
    if (entry.startsWith(start)) return withoutBlanks(entry, start.length);
  }
  return "";
}

/** From a place on, without blanks around it. */
function withoutBlanks(text: string, from: number): string {
  let start = from;
  let end = text.length;
  while (start < end && text.charCodeAt(start) === BLANK) start++;
  while (end > start && text.charCodeAt(end - 1) === BLANK) end--;
  return text.slice(start, end);
}
