/** docs/reference/event-fields.md: every field that conditions and outputs of rules can name. */
import { isUntold } from "../../src/engines/events/fields/define.ts";
import type { Field } from "../../src/engines/events/fields/field.ts";
import { fieldsOf } from "../../src/engines/events/fields/sources.ts";
import { code, page, plain, row, table } from "./markdown.ts";

/** What sections are about, by the first word of their fields. */
const SECTIONS: Readonly<Record<string, string>> = {
  evt: "Events",
  syscall: "Events",
  proc: "Processes",
  thread: "Threads",
  user: "Users and groups",
  group: "Users and groups",
  fd: "Descriptors",
  fdlist: "Descriptors",
  fs: "Paths",
  container: "Containers",
  k8s: "Pods",
  ka: "Requests to the API server",
  json: "JSON",
  jevt: "JSON",
};

/** Fields of the public rules (falcosecurity/rules 5.1, stable, incubating and sandbox), conditions and outputs. */
const PUBLIC_RULES =
  "container.id container.image.repository container.image.tag container.mount.dest container.mounts container.name container.privileged container.start_ts evt.arg. evt.args evt.buffer evt.hostname evt.is_open_exec evt.is_open_read evt.is_open_write evt.num evt.rawres evt.res evt.time evt.type fd.cip fd.cip.name fd.cnet fd.connected fd.directory fd.filename fd.ip fd.l4proto fd.lip.name fd.lport fd.name fd.name_changed fd.nameraw fd.net fd.num fd.port fd.rip fd.rip.name fd.rnet fd.rport fd.sip fd.sip.name fd.snet fd.sockfamily fd.sport fd.type fd.typechar fd.types group.gid group.name k8s.ns.name k8s.pod.name proc.aexe proc.aexepath proc.aname proc.args proc.cmdline proc.cwd proc.duration proc.env proc.exe proc.exe_ino.ctime proc.exe_ino.ctime_duration_proc_start proc.exe_ino.mtime proc.exepath proc.is_exe_from_memfd proc.is_exe_upper_layer proc.is_vpgid_leader proc.name proc.pcmdline proc.pexe proc.pexepath proc.pname proc.ppid.duration proc.sname proc.tty proc.vpgid.exe proc.vpgid.name proc.vpid syscall.type thread.cap_effective thread.cap_permitted user.loginname user.loginuid user.name user.uid".split(
    " ",
  );

type AnyField = Field<never>;

function written({ name, argument }: AnyField): string {
  if (argument === undefined) return code(name);
  const inside = argument.kind === "index" ? "n" : argument.kind === "key" ? "key" : "n or key";
  if (name.endsWith(".")) return code(`${name}KEY`);
  return argument.presence === "required" ? code(`${name}[${inside}]`) : `${code(name)}, ${code(`${name}[${inside}]`)}`;
}

function typeOf(field: AnyField): string {
  const type = field.typeOf === undefined ? field.type : "by the parameter";
  if (field.list) return `list of ${type}`;
  if (field.either) return `${type}, either`;
  return field.any ? `${type}, any` : type;
}

function remarks(field: AnyField): string {
  const all = [
    isUntold(field) ? "**Never there.**" : "",
    field.outputOnly ? "In outputs only." : "",
    field.deprecated === undefined ? "" : `Deprecated: ${plain(field.deprecated)}.`,
  ];
  return all.filter((each) => each !== "").join(" ");
}

function sections(fields: readonly AnyField[]): (string | readonly string[])[] {
  const bySection = Map.groupBy(fields, ({ name }) => {
    const [first = ""] = name.split(".");
    const section = SECTIONS[first];
    if (section === undefined) throw new Error(`scripts/reference/event-fields.ts: say what ${first} is about`);
    return section;
  });
  return [...bySection].flatMap(([title, members]) => [
    `### ${title}`,
    table(
      ["field", "type", "what it is"],
      [...members]
        .sort((one, other) => (one.name < other.name ? -1 : 1))
        .map((field) => row(written(field), typeOf(field), `${plain(field.description)}. ${remarks(field)}`.trim())),
    ),
  ]);
}

function coverage(fields: readonly AnyField[]): string {
  const byName = new Map(fields.map((field) => [field.name, field]));
  const missing = PUBLIC_RULES.filter((name) => !byName.has(name));
  if (missing.length > 0) throw new Error(`scripts/reference/event-fields.ts: no field is named ${missing.join(", ")}`);
  const untold = PUBLIC_RULES.filter((name) => isUntold(byName.get(name) as AnyField));
  return `The public rules (stable, incubating and sandbox) name ${PUBLIC_RULES.length} fields of system calls, of which all load and ${PUBLIC_RULES.length - untold.length} have values. The others are never there: ${untold.map(code).join(", ")}.`;
}

/** How values differ from those of Falco's library (libs 0.2x and main as of 2026-07), and why. */
const DIFFERENCES = [
  "Times are in UTC; Falco writes them in the zone of the machine.",
  "`fd.lip`, `fd.rip` and their ports and networks are this end and the other, as `connect` and `accept` tell. Falco guesses from the addresses of the host's interfaces, so that within one host, and in containers, its two ends can be exchanged. `fd.is_server` likewise.",
  "`fd.cip.name` and the like are absent: Falco looks the names in a rule up when it loads it, and what a rule finds would depend on the resolver of the moment.",
  "`container.mount.dest[/proc*]` and the like take a pattern, as documented; Falco's plugin reads it as a regular expression that may match anywhere, so that `[/]` finds every mount.",
  "`fs.path.source` and `fs.path.target` of renameat and linkat start from the directory of their descriptor; Falco starts from the working directory. `fs.path.name` is told for creat too, and of what could not be opened it is joined to its directory, where Falco says `<UNKNOWN>`.",
  "Texts keep their bytes: `fd.name` of a file whose name is no printable ASCII has dots in Falco, and its `evt.arg.name` lacks them.",
  "`fs.path.target` of a symbolic link starts from the directory of the link, as the kernel follows it; Falco starts from the working directory, or knows no directory. `fs.path.name` with AT_FDCWD is joined to the working directory.",
  "`k8s.deployment.name`, `k8s.rs.name` and `k8s.rc.name` are told where the pod's owner is known; in Falco they are empty since its container plugin.",
  "`evt.latency` and `evt.wait_latency` are absent; Falco says 0.",
  "A number that nothing tells (`fd.dev`, `fd.ino`, `proc.ppid.ts`, `proc.vmsize`) is absent; Falco says 0. So is the directory of a process of which nothing tells, for which Falco says `./`.",
  "A thread that did something before anything told of it stands for its own process: `proc.pid` is its id, where Falco says -1. Its container is absent, where Falco says `host`; `not container` of the public rules holds for both.",
  "`evt.rawarg.` is shown in decimal.",
  "`proc.aname`, `proc.apid`, `proc.aenv` and the like without an argument are shown in outputs as those of all ancestors; at most 256 ancestors are asked.",
  "`evt.around` never holds.",
];

export function eventFieldsPage(): string {
  const syscall: readonly AnyField[] = fieldsOf("syscall").all;
  const audit: readonly AnyField[] = fieldsOf("k8s_audit").all;
  return page("Fields of events", [
    "What conditions and outputs of rules (`runtime.rules`) can name, with the names and types that Falco has. A field that is absent makes each comparison false, `!=` too, and is shown as `<NA>`.",
    [
      "Types: `text` and `path` are compared byte by byte; `bytes` only with `bcontains`, `bstartswith` and `exists`; `number` and `big` are whole, `big` in nanoseconds or up to 64 bits; `port` may be compared with the name of a service; `network` with `10.0.0.0/8`.",
      "*list*: `in` needs each member, `intersects` one. *either*: one of the two ends is enough, of `!=` both. *any*: one ancestor is enough, of `!=` too.",
    ].join(" "),
    "## System calls",
    "For rules of the source `syscall`, which is the default.",
    coverage(syscall),
    ...sections(syscall),
    "## Audit events",
    "For rules of the source `k8s_audit`.",
    ...sections(audit),
    "## Differences from Falco",
    "`npm run conformance -- event-fields --data DIR` shows every field of every event of the captures in DIR beside what Falco's own library shows (Debian's `libfalcosecurity0-dev`). What differs and is meant:",
    DIFFERENCES.map((each) => `- ${each}`),
  ]);
}
