/** Differences from Falco's library that are meant, each with its reason. libsinsp is Debian's 0.20: today's upstream is as we are. */

export type Side = "ours" | "theirs";

export interface Difference {
  readonly rules: RegExp;
  /** Of who matches the event alone. */
  readonly side: Side;
  /** Of the event's type. */
  readonly types: RegExp;
  readonly why: string;
}

export const differences: readonly Difference[] = [
  {
    rules: /^PTRACE /,
    side: "ours",
    types: /^ptrace$/,
    why: "in 0.20 the request is in the start of the call alone, which is no event since 0.21",
  },
  {
    rules: /^Non sudo setuid$/,
    side: "theirs",
    types: /^setuid$/,
    why: "in 0.20 whom the process becomes is in the start of the call alone: nobody is known to become themselves",
  },
  {
    rules: /^(?:Launch Excessively Capable Container|Launch Sensitive Mount Container|Container Run as Root User)$/,
    side: "theirs",
    types: /^execve$/,
    why: "in 0.20 a process in a namespace of pids that no container is known of has an empty container.id; since Falco's plugin it is of the host",
  },
  {
    rules: /^Create files below dev$/,
    side: "ours",
    types: /^(?:open|openat|openat2|creat)$/,
    why: "in 0.20 the directory of what could not be opened is its whole path; since 0.21 it is its directory",
  },
  {
    rules: /^Create Hidden Files or Directories$/,
    side: "ours",
    types: /^(?:renameat|mkdirat)$/,
    why: "a path from a directory that nothing tells is shown as it was given, its `..` with it; libsinsp shows what is left of it without",
  },
];

/** Why only one of the two matches the event; undefined where nothing says so. @param event - its type is its last word */
export function explained(rule: string, event: string, side: Side): Difference | undefined {
  const type = event.slice(event.lastIndexOf(" ") + 1);
  return differences.find((each) => each.side === side && each.types.test(type) && each.rules.test(rule));
}
