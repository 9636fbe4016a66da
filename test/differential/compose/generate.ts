/** Compose files: mostly valid, with what decides how a service is confined written in every way that YAML and Compose have. */
import type { Random } from "../random.ts";

/** Field → values as they stand behind its colon; § stands for the dollar of a variable. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  privileged: [
    "true",
    "yes",
    '"true"',
    "false",
    "on",
    "'y'",
    "§{P:-true}",
    "§{P-yes}",
    "!override true",
    "!!bool true",
    "no",
    "~",
  ],
  read_only: ["true", "'on'", "False", "TRUE", "§{R:-true}"],
  user: [
    "root",
    '"0"',
    '"00"',
    '"+0"',
    "'1000:1000'",
    "§{U:-root}",
    "nobody",
    "0",
    '"0x0"',
    "|\n      root",
    ">-\n      a\n      b",
  ],
  network_mode: [
    "host",
    '"host"',
    "§{N:-host}",
    "§{N-§{M:-host}}",
    "bridge",
    "service:b",
    "§{N}",
    '"\\x68ost"',
    "ho\\\n      st",
  ],
  pid: ["host", "§{N:-host}", '"§{N:-§{M-host}}"', "null", "'host'", "! host"],
  ipc: ["host", "shareable", "§{N:-ho}§{M:-st}", "$§{N}", "$N", "§{N:+host}", "§{N:?needed}"],
  uts: ["host", "§{N:-host}", '"host"'],
  cgroup: ["host", "private", "§{N:-host}"],
  userns_mode: ["host", "§{N:-host}", "keep-id"],
  cap_add: [
    "[ALL]",
    "[SYS_ADMIN, NET_ADMIN]",
    "['§{C:-SYS_ADMIN}']",
    "[A, A, B]",
    "\n      - SYS_ADMIN\n      - cap_sys_ptrace",
    "[a=b, a=c]",
    "[]",
  ],
  cap_drop: ["[ALL]", "[ALL, NET_RAW]", "*list", "['ALL',]"],
  security_opt: [
    "['no-new-privileges:true']",
    "[no-new-privileges:true, no-new-privileges:false]",
    "['§{S:-seccomp=unconfined}']",
    '[systempaths=unconfined, "label:disable"]',
    "\n      - apparmor=unconfined\n      - seccomp:unconfined",
    "[]",
  ],
  volumes: [
    "[/var/run/docker.sock:/s]",
    "['§{V:-/var/run/docker.sock}:/s', './a:/a:ro', data:/d]",
    "['data:/d', '/:/d']",
    "['a:/x', '/b:/x/', '/c:/x']",
    "[/only, x, 'C:\\w:/w', '~/.ssh:/k:ro,z']",
    "\n      - type: §{T:-bind}\n        source: /etc\n        target: /e\n        read_only: §{B:-true}",
    "[{type: bind, source: /, target: /h, read_only: yes}, {type: volume, source: data, target: /d/}]",
    "[{type: bind, source: '', target: /h}]",
    "['/a:/b:ro,rw', '/c:/d:rw,ro', '/e:/f:z']",
    "['.:/a', 'é:/b', '\\\\\\\\.\\pipe:/c', '//x:/y']",
    "['§{A:-/x:/y}:ro']",
    "['/a::/b']",
  ],
  devices: [
    "[/dev/sda]",
    "['/dev/a:/dev/b:r', '/dev/c:/dev/b']",
    "[{source: /dev/kvm, target: /k, permissions: r}]",
    "['§{D:-/dev/sda}']",
  ],
  device_cgroup_rules: ["['a *:* rwm']", "['c 1:3 mr', \"b 8:* r\"]"],
  sysctls: [
    "{net.core.somaxconn: 1024, a: '1'}",
    "[a=1, b=2, a=3]",
    "{a: 010, b: 0x10, c: 1_000, d: 1.5}",
    "[a]",
    "{a: §{X:-5}}",
    "{a: true}",
    "{a: null}",
  ],
  ports: [
    "['80:8080', 9000, '127.0.0.1:1:2/udp']",
    "['[::1]:53:53/udp', '3000-3002:4000-4002', '5000-5010:5000']",
    "[{target: 80, published: '8080', protocol: tcp}, {target: 81}]",
    "['§{PORT:-80}:80', '8000-8001']",
    "['::1:5:5', 22:22]",
    "[1:2, 0o17, 010]",
    "['80:80', '80:80']",
  ],
  image: ["x", "§{I:-x:latest}", "'a/b:§{T-1}'", "x@sha256:0", "'x$$y'", "1.5", "!!str 15", "! x"],
  configs: ["[c]", "[{source: c, target: /x}, {source: d}]", "[c, c]"],
  secrets: ["[s]", "[{source: s, target: k}, s]"],
  post_start: ["[{command: [sh], user: root, privileged: true}]", "[{command: id, privileged: 'yes'}]"],
  pre_stop: ["[{command: id, user: '§{U:-root}'}]"],
  build: [
    ".",
    "{context: ., privileged: true, network: host, entitlements: [security.insecure]}",
    "{network: '§{N:-host}'}",
    "~",
  ],
  group_add: ["['0', docker]", "[0, 1]", "[1.5]"],
  volumes_from: ["[b]", "['container:x']"],
  extends: ["b", "{service: b}", "a"],
  environment: ["{A: b}", "[A=b]", "{A: §{B}}"],
  "x-a": ["{b: yes}", "[1, 2]"],
  labels: ["{a: b}", "[a=b]"],
  deploy: ["{resources: {limits: {memory: 1m}}}"],
  command: ["[a, b]", '"$§{A} b"', "|\n      multi\n      line"],
};

const NAMES = Object.keys(FIELDS);

const ODD_ENTRIES = [
  "<<: *base",
  "<<: [*base, *other]",
  "<<: {privileged: true, pid: host}",
  "! <<: {privileged: true}",
  '"<<": {privileged: true}',
  "!!merge <<: *base",
  "privileged: !reset null",
  "cap_drop: !reset [ALL]",
  "volumes: !override ['/:/h']",
  "security_opt: !override [a=b]",
  '"privi\\x6ceged": true',
  '"pid": host',
  "? pid\n    : host",
  "&k pid: host",
  "*k : host",
  "pid : host",
  "'pid':   host   # comment",
  "!!str pid: host",
  "yes: no",
  "1: a",
  "null: a",
  "pid: &h host\n    ipc: *h",
  "pid: [host",
  "\tpid: host",
  "pid:\thost",
  "extends: b",
  "extends: {service: b}",
  "environment: {a: &a {b: c}, d: *a}",
];

const AROUND = [
  "volumes: {data: {driver_opts: {type: none, o: bind, device: /}}}",
  "volumes:\n  data: {driver: local, driver_opts: {device: '§{D:-/etc}', o: bind, type: none}}",
  "volumes: {data: , a: {external: true}}",
  "configs: {c: {file: /etc/shadow}, d: {content: x}}",
  "secrets: {s: {file: '§{F:-/etc/shadow}'}}",
  "name: x",
  "version: '3.8'",
  "x-top: &top {privileged: true}",
  "networks: {n: }",
  "include: [a.yaml]",
];

const TAILS = [
  "",
  "\n---\n",
  "\n...\n",
  "\n---\nservices: {a: {privileged: true, image: x}}\n",
  "\n# end",
  "\n--- #\n",
  "\n---#x: |\nservices: {}",
];

const PIECES = [
  ...[
    "§{",
    "}",
    "$",
    "$$",
    ":-",
    "-",
    "?",
    "+",
    ":",
    ": ",
    "#",
    " #",
    "'",
    '"',
    "\\",
    "\n",
    "\n    ",
    "\t",
    " ",
    "&a ",
    "*a",
    "!",
    "!!str ",
    "!reset ",
  ],
  ...[
    "<<: ",
    "{",
    "[",
    ",",
    "]",
    "}",
    "|",
    ">",
    "|-\n",
    "~",
    "yes",
    "0",
    "\r\n",
    "\r",
    "\ufeff",
    "\u0085",
    "\u2028",
    "é",
    "\0",
    "---\n",
    "...\n",
    "%",
    "@",
    "`",
    "? ",
  ],
];

export function generate(random: Random): Buffer {
  const lines: string[] = [];
  if (random.once(40)) lines.push(random.pick(["%YAML 1.1\n---", "---", "# a", "\ufeff# b", "--- # c", "--- {}"]));
  const anchors = random.once(2);
  if (anchors) {
    lines.push("x-base: &base", `  privileged: ${random.pick(FIELDS.privileged ?? [])}`, "  cap_drop: &list [ALL]");
    lines.push("x-other: &other {pid: host, privileged: false, <<: *base}");
  }
  const services = [service(random, "a", anchors), ...(random.once(2) ? [service(random, "b", anchors)] : [])];
  const body = ["services:", ...services].join("\n");
  const around = Array.from({ length: random.below(4) }, () => random.pick(AROUND));
  const parts = [...new Set([body, "volumes: {data: {}, a: {}}", ...around])];
  const seen = new Set<string>();
  // Of one section only the last.
  const kept = parts.reverse().filter((part) => {
    const key = part.split(":")[0] ?? "";
    return (!seen.has(key) || random.once(30)) && seen.add(key) !== undefined;
  });
  if (random.once(4)) kept.reverse();
  lines.push(...kept);
  const text = `${lines.join("\n").replaceAll("§", "$")}${random.once(12) ? random.pick(TAILS) : "\n"}`;
  return Buffer.from(random.once(3) ? mutated(random, text) : text);
}

function service(random: Random, name: string, anchors: boolean): string {
  const names = new Set(Array.from({ length: 1 + random.below(5) }, () => random.pick(NAMES)));
  const entries = [
    "image: x",
    ...[...names].filter((each) => each !== "image").map((each) => field(random, each, anchors)),
  ];
  if (names.has("image")) entries[0] = field(random, "image", anchors);
  if (random.once(5)) {
    const odd = random.pick(ODD_ENTRIES);
    if (anchors || !odd.includes("*base")) entries.splice(random.below(entries.length + 1), 0, odd);
  } else if (anchors && random.once(2)) entries.splice(random.below(entries.length + 1), 0, "<<: *base");
  if (random.once(12)) return `  ${name}: ${random.pick(["!override", "!!map", "&s", "! "])}\n${indented(entries)}`;
  if (random.once(10)) return `  "${name}" : {${entries.filter((entry) => !entry.includes("\n")).join(", ")}}`;
  return `  ${name}:\n${indented(entries)}`;
}

function field(random: Random, name: string, anchors: boolean): string {
  let value = random.pick(FIELDS[name] ?? [""]);
  if (!anchors && value.startsWith("*")) value = "[ALL]";
  return `${name}:${value.startsWith("\n") ? "" : " "}${value}`;
}

function indented(entries: readonly string[]): string {
  return entries.map((entry) => `    ${entry}`).join("\n");
}

function mutated(random: Random, text: string): string {
  let result = text;
  for (let times = 1 + random.below(3); times > 0; times--) {
    const at = random.below(result.length + 1);
    const cut = random.once(2) ? random.below(4) : 0;
    result = result.slice(0, at) + (random.once(4) ? "" : random.pick(PIECES)) + result.slice(at + cut);
  }
  return result;
}
