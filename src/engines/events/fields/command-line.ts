/** Command lines and environments of a process as one text. */
import type { Thread } from "../state/thread.ts";

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
    if (entry.startsWith(start)) return entry.slice(start.length).replace(/^ +| +$/g, "");
  }
  return "";
}
