/** Differences from Falco's library that are meant, each with its reason. libsinsp is Debian's 0.20, which is older than the fields. */

interface Difference {
  readonly fields: RegExp;
  readonly why: string;
  /** @param event - all that libsinsp shows of the event */
  readonly when?: (ours: string, theirs: string, event: ReadonlyMap<string, string>) => boolean;
}

const absentHere = (ours: string): boolean => ours === "<NA>";
const absentThere = (_: string, theirs: string): boolean => theirs === "<NA>";

/** Of Debian's library alone: today's upstream is as we are. */
const older: readonly Difference[] = [
  { fields: /^evt\.num$/, why: "0.20 counts the starts of calls, which are no events since 0.21" },
  { fields: /^evt\.deltatime/, why: "the event before can be the start of a call" },
  { fields: /^evt\.(?:args|info)$/, why: "today's events have more parameters, and those of the start" },
  { fields: /^evt\.(?:arg|rawarg)\./, why: "the parameter is in the start of the call", when: absentThere },
  {
    fields: /^(?:fd\.|evt\.count\.error|evt\.buflen|evt\.category$|evt\.is_syslog$)/,
    why: "the descriptor is told at the start of the call",
    when: (_ours, _theirs, event) => /^(?:<NA>|-1)$/.test(event.get("fd.num") ?? ""),
  },
  {
    fields: /^fd\.(?:container)?directory$/,
    why: "what could not be opened has its directory, and what nothing tells of the root, since 0.21",
    when: (ours, theirs, event) => ours === `${theirs}/` || event.get("fd.type") === "<NA>",
  },
  {
    fields: /^evt\.arg\.res$/,
    why: "results of mmap are hexadecimal since 0.21",
    when: (ours, theirs) => Number.parseInt(ours, 16) === Number(theirs),
  },
  {
    fields: /^container\./,
    why: "of what runs in no container Falco's plugin gives empty texts and no privileges, 0.20 nothing",
    when: (ours, theirs) => theirs === "<NA>" && (ours === "" || ours === "false"),
  },
  { fields: /^proc\.is_container_/, why: "the plugin tells it no longer", when: absentHere },
  {
    fields: /^proc\.args\[\d+\]$/,
    why: "arguments have numbers since 0.21",
    when: (_, theirs) => theirs.endsWith("]"),
  },
  {
    fields: /^proc\.a(?:name|exe|exepath|cmdline)$/,
    why: "ancestors in a row are shown since 0.21",
    when: absentThere,
  },
];

/** Of ours. */
const meant: readonly Difference[] = [
  {
    fields: /^(?:fd\.|fs\.path\.|evt\.)/,
    why: "texts keep their bytes, and are shown with escapes; libsinsp has a dot for what is no printable ASCII, or nothing",
    when: (ours) => ours.includes("\\"),
  },
  {
    fields: /^fd\.nameraw$/,
    why: "of what could not be opened libsinsp shows the path joined, and of a socket its ends",
    when: (_ours, _theirs, event) => event.get("fd.type") === "<NA>",
  },
  {
    fields: /^fd\.(?:lip|lport|lproto|lnet|rip|rport|rproto|rnet|is_server)$/,
    why: "this end and the other are known from who asked; libsinsp looks which address the host has",
    when: (_, theirs) => theirs !== "<NA>",
  },
  {
    fields: /^fs\.path\.(?:name|nameraw)$/,
    why: "creat works on a path too, and what could not be opened is joined to its directory",
    when: (_, theirs) => theirs === "<NA>" || theirs === "<UNKNOWN>",
  },
  {
    fields: /^fs\.path\.(?:source|target)$/,
    why: "paths start from the directory of their descriptor",
    when: (_, theirs, event) => /^(?:renameat|linkat)$/.test(event.get("evt.type") ?? "") && theirs !== "<NA>",
  },
  {
    fields: /^evt\.abspath/,
    why: "a directory that nothing tells has no slash after it",
    when: (ours, theirs) => ours.replace("<UNKNOWN>", "<UNKNOWN>/") === theirs,
  },
  { fields: /^proc\.a(?:pid|env)$/, why: "of ancestors, all are shown in a row; libsinsp shows the process's own" },
  { fields: /^evt\.reltime/, why: "times count from the first event; what a capture tells of its processes is one" },
  {
    fields: /^evt\.hostname$/,
    why: "the capture's own; libsinsp shows none of a capture",
    when: (_, theirs) => theirs === "",
  },
  { fields: /^evt\.(?:latency|wait_latency)/, why: "without starts nothing tells it", when: absentHere },
  { fields: /^thread\.(?:exectime|totexectime)$/, why: "only switches tell it", when: absentHere },
  {
    fields: /^evt\.rawarg\./,
    why: "raw parameters are decimal",
    when: (ours, theirs) => Number(ours) === Number.parseInt(theirs, 16),
  },
  { fields: /^evt\.type\.is\./, why: "libsinsp evaluates it and shows nothing", when: absentThere },
  {
    fields: /^evt\.buffer$/,
    why: "of nothing read libsinsp shows what the buffer held before; what ptrace pokes is no buffer",
    when: (ours, theirs) => ours === "<NA>" && (theirs === "" || theirs.startsWith("NULL")),
  },
  {
    fields: /^(?:fd\.(?:dev|dev\.major|dev\.minor|ino)|proc\.ppid\.(?:ts|duration))$/,
    why: "a number that nothing tells is absent, not 0",
    when: (ours, theirs) => ours === "<NA>" && theirs === "0",
  },
  {
    fields: /^(?:proc\.(?:vm|fdlimit|fdusage)|thread\.(?:vm|pf))/,
    why: "of processes that were there before, only exec and clone tell it",
    when: absentHere,
  },
  {
    fields: /^proc\.ppid\.duration$/,
    why: "where the parent's start is not known, libsinsp shows proc.fdopencount in its place",
    when: (ours, theirs, event) => ours === "<NA>" && theirs === event.get("proc.fdopencount"),
  },
  {
    fields: /^proc\.cwd$/,
    why: "a directory that nothing tells is absent",
    when: (ours, theirs) => ours === "<NA>" && (theirs === "" || theirs === "./"),
  },
  {
    fields: /^fd\.types$/,
    why: "the order of a set, and no empty list",
    when: (ours, theirs) => sorted(ours) === sorted(theirs) || (ours === "<NA>" && theirs === "()"),
  },
  {
    fields: /^fd\.nameraw$/,
    why: "what has no path has no such text",
    when: (ours, theirs) => ours === "<NA>" && theirs === "",
  },
  {
    fields:
      /^(?:proc\.(?:pid|vpid|fdopencount|nthreads|is_.*_leader|aexepath\[0\]|apid\[0\])|thread\.(?:vtid|ismain)|container\..*)$/,
    why: "of a thread that no process list tells of, its own ids stand for its process and no container is assumed",
    when: (_ours, _theirs, event) => event.get("proc.pid") === "-1",
  },
];

function sorted(list: string): string {
  return list.slice(1, -1).split(",").sort().join(",");
}

/** Why two values differ; undefined where nothing says so. @param event - all that libsinsp shows of it */
export function explained(
  field: string,
  ours: string,
  theirs: string,
  event: ReadonlyMap<string, string>,
): string | undefined {
  const known = [...older, ...meant].find(
    ({ fields, when }) => fields.test(field) && (when === undefined || when(ours, theirs, event)),
  );
  return known?.why;
}
