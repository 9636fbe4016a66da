import assert from "node:assert/strict";
import { test } from "node:test";
import { alpine322, debian13, dpkgStatus, imageOf, npmPackage } from "../../collect/image/image-files.fixture.ts";
import type { FixtureEntry } from "../../engines/oci/image.fixture.ts";
import { learnedFile, learnedWorkload, statesOf } from "./loaded.fixture.ts";

/** The head of an ELF file of 64 bits that names a loader, or none. */
function elf(loader?: string): Buffer {
  const bytes = Buffer.alloc(256);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  bytes.writeBigUInt64LE(64n, 32);
  bytes.writeUInt16LE(56, 54);
  bytes.writeUInt16LE(loader === undefined ? 0 : 1, 56);
  if (loader === undefined) return bytes;
  bytes.writeUInt32LE(3, 64);
  bytes.writeBigUInt64LE(128n, 64 + 8);
  bytes.writeBigUInt64LE(BigInt(loader.length + 1), 64 + 32);
  bytes.write(`${loader}\0`, 128, "latin1");
  return bytes;
}

function list(name: string, ...paths: readonly string[]): FixtureEntry {
  return { name: `var/lib/dpkg/info/${name}.list`, content: ["/.", ...paths, ""].join("\n") };
}

function files(...paths: readonly string[]): FixtureEntry[] {
  return paths.map((name) => ({ name, content: "x" }));
}

const link = (name: string, to: string): FixtureEntry => ({ name, flag: "2", link: to });

const LOADER = "/lib64/ld-linux-x86-64.so.2";

/** As Debian is since folders are merged: /lib is a link, and lists have files under either name. */
const debian = imageOf([
  debian13,
  link("lib", "usr/lib"),
  link("lib64", "usr/lib64"),
  link("bin", "usr/bin"),
  dpkgStatus({ libc6: "2.41", libssl3: "3.5", curl: "8.14", git: "2.47", dash: "0.5" }),
  list("libc6:amd64", "/usr/lib/x86_64-linux-gnu/libc.so.6", "/usr/lib64/ld-linux-x86-64.so.2"),
  list("libssl3:amd64", "/lib/x86_64-linux-gnu/libssl.so.3", "/usr/share/doc/libssl3/copyright"),
  list("curl", "/usr/bin/curl"),
  list("git", "/usr/bin/git", "/usr/bin/git-upload-pack"),
  list("dash", "/bin/sh", "/bin/dash"),
  ...files("usr/lib/x86_64-linux-gnu/libc.so.6", "usr/lib64/ld-linux-x86-64.so.2"),
  ...files("usr/lib/x86_64-linux-gnu/libssl.so.3", "usr/bin/git", "usr/share/doc/libssl3/copyright"),
  { name: "usr/bin/git-upload-pack", flag: "1", link: "usr/bin/git" },
  { name: "usr/bin/curl", content: elf(LOADER), mode: 0o755 },
  { name: "usr/bin/dash", content: elf(LOADER), mode: 0o755 },
  link("usr/bin/sh", "dash"),
]);

test("a file belongs to the package that lists it, whichever name of a merged folder is listed or opened", async () => {
  const states = await statesOf(
    debian,
    learnedWorkload(debian, { run: ["/usr/bin/curl"], opened: ["/lib/x86_64-linux-gnu/libssl.so.3"] }),
  );
  assert.deepEqual(states, {
    curl: "loaded: /usr/bin/curl was run",
    dash: "not loaded: no file of it was opened in 1.5 h (1 container)",
    git: "not loaded: no file of it was opened in 1.5 h (1 container)",
    libc6: `loaded: ${LOADER} started /usr/bin/curl`,
    libssl3: "loaded: /lib/x86_64-linux-gnu/libssl.so.3 was opened",
  });
});

test("a link that was opened is the file behind it; other names of a file are the same file", async () => {
  const states = await statesOf(
    debian,
    learnedWorkload(debian, { run: ["/bin/sh"], opened: ["/usr/bin/git-upload-pack"] }),
  );
  assert.equal(states.dash, "loaded: /bin/sh was run");
  assert.equal(states.git, "loaded: /usr/bin/git-upload-pack was opened");
  // Under the link's name nobody read how the program starts.
  assert.equal(states.libc6, "unknown: no file of it was opened, but what loaded /bin/sh is not known");
});

test("what musl is nobody ever opens: the kernel maps it as the loader", async () => {
  const database = [
    ...["P:musl", "V:1.2.5-r9", "A:x86_64", "o:musl", "L:MIT", "F:lib", "R:ld-musl-x86_64.so.1", "a:0:0:755", ""],
    ...["P:busybox", "V:1.37-r1", "A:x86_64", "o:busybox", "L:GPL-2.0-only", "F:bin", "R:busybox", "a:0:0:755", "", ""],
  ];
  const image = (program: Buffer) =>
    imageOf([
      alpine322,
      { name: "lib/apk/db/installed", content: database.join("\n") },
      { name: "bin/busybox", content: program, mode: 0o755 },
      ...files("lib/ld-musl-x86_64.so.1"),
    ]);
  const dynamic = image(elf("/lib/ld-musl-x86_64.so.1"));
  const run = { run: ["/bin/busybox"] };
  assert.equal(
    (await statesOf(dynamic, learnedWorkload(dynamic, run))).musl,
    "loaded: /lib/ld-musl-x86_64.so.1 started /bin/busybox",
  );
  const alone = image(elf());
  assert.match((await statesOf(alone, learnedWorkload(alone, run))).musl ?? "", /^not loaded/);
  const other = learnedWorkload(alone, { run: [learnedFile("/tmp/x", { layer: "upper" })] });
  assert.match((await statesOf(alone, other)).musl ?? "", /^unknown: .* what loaded \/tmp\/x is not known$/);
});

test("nothing is not loaded where something was missed", async () => {
  const whole = learnedWorkload(debian, {}).watched;
  const container = { id: "c1", from: "2026-01-01T00:00:00Z", to: "2026-01-01T01:00:00Z", stop: true };
  for (const [changes, why] of [
    [
      { watched: { ...whole, containers: [{ ...container, start: false }] } },
      "1 container ran before they were watched",
    ],
    [{ watched: { ...whole, lost: { "buffer full": 2 } } }, "2 events lost"],
    [{ watched: { ...whole, complete: false, missing: ["no stop was seen"] } }, "no stop was seen"],
    [{ watched: { ...whole, complete: false } }, "not watched completely"],
    [{ watched: { ...whole, containers: [] } }, "no container was watched"],
    [{ cut: { opened: 3 } }, "3 opened files over the limit"],
    [{ cut: { executables: 1 } }, "1 executables over the limit"],
  ] as const) {
    const states = await statesOf(debian, learnedWorkload(debian, { run: ["/usr/bin/curl"], ...changes }));
    assert.equal(states.git, `unknown: no file of it was opened, but ${why}`);
    assert.equal(states.curl, "loaded: /usr/bin/curl was run");
  }
});

test("several workloads of an image are taken together; one that was missed leaves all unknown", async () => {
  const whole = learnedWorkload(debian, { run: ["/usr/bin/curl"] });
  const other = learnedWorkload(debian, { opened: ["/usr/bin/git"] });
  const both = await statesOf(debian, whole, other);
  assert.match(both.git ?? "", /^loaded/);
  assert.match(both.libssl3 ?? "", /^not loaded: .* in 3\.0 h \(2 containers\)$/);
  const missed = { ...other, watched: { ...other.watched, lost: { full: 1 } } };
  assert.equal((await statesOf(debian, whole, missed)).libssl3, "unknown: no file of it was opened, but 1 event lost");
});

test("a workload that ran another image as well proves what was not opened, and not of which image a file was", async () => {
  const images = [
    { name: "api:1", id: debian.config },
    { name: "api:2", digest: `sha256:${"2".repeat(64)}` },
  ];
  const states = await statesOf(debian, learnedWorkload(debian, { images, run: ["/usr/bin/curl"] }));
  assert.equal(states.curl, "unknown: /usr/bin/curl was run, in a container of this image or of api:2");
  assert.match(states.git ?? "", /^not loaded/);
});

test("what was written since, lies in memory or on a volume is not the image's file", async () => {
  const opened = [
    learnedFile("/usr/bin/git", { layer: "upper" }),
    learnedFile("/usr/bin/curl", { layer: "memfd" }),
    learnedFile("/usr/lib/x86_64-linux-gnu/libssl.so.3"),
    learnedFile("/nowhere/at/all"),
  ];
  const mounts = [{ path: "/usr/lib/x86_64-linux-gnu/", writable: false }];
  const states = await statesOf(debian, learnedWorkload(debian, { opened, mounts }));
  assert.equal(states.git, "unknown: /usr/bin/git was opened");
  for (const name of ["curl", "libssl3"]) assert.match(states[name] ?? "", /^not loaded/);
});

test("reading what documents a package does not load it", async () => {
  const states = await statesOf(debian, learnedWorkload(debian, { opened: ["/usr/share/doc/libssl3/copyright"] }));
  assert.match(states.libssl3 ?? "", /^not loaded/);
});

test("a package whose list of files was taken out of the image is unknown", async () => {
  const image = imageOf([debian13, dpkgStatus({ curl: "8.14" }), ...files("usr/bin/curl")]);
  const states = await statesOf(image, learnedWorkload(image, { run: ["/usr/bin/curl"] }));
  assert.deepEqual(states, { curl: "unknown: the image has no list of its files" });
});

test("a file that a later layer wrote over a package's is not surely the package's", async () => {
  const image = imageOf(
    [debian13, dpkgStatus({ curl: "8.14" }), list("curl", "/usr/bin/curl"), ...files("usr/bin/curl")],
    files("usr/bin/curl"),
  );
  const states = await statesOf(image, learnedWorkload(image, { run: ["/usr/bin/curl"] }));
  assert.deepEqual(states, { curl: "unknown: /usr/bin/curl, which a later layer wrote, was run" });
});

test("a diverted file is that of the package that diverts it, the other one lies beside it", async () => {
  const image = imageOf([
    debian13,
    dpkgStatus({ old: "1", new: "1" }),
    list("old", "/usr/bin/tool"),
    list("new", "/usr/bin/tool"),
    { name: "var/lib/dpkg/diversions", content: "/usr/bin/tool\n/usr/bin/tool.old\nnew\n" },
    ...files("usr/bin/tool", "usr/bin/tool.old"),
  ]);
  const states = await statesOf(image, learnedWorkload(image, { opened: ["/usr/bin/tool"] }));
  assert.equal(states.new, "loaded: /usr/bin/tool was opened");
  assert.match(states.old ?? "", /^not loaded/);
  const diverted = await statesOf(image, learnedWorkload(image, { opened: ["/usr/bin/tool.old"] }));
  assert.equal(diverted.old, "loaded: /usr/bin/tool.old was opened");
});

const SITE = "usr/lib/python3/dist-packages";

test("bytecode of Python is its source, and metadata that pip lists is no use", async () => {
  const metadata = (name: string) => ({
    name: `${SITE}/${name}-1.0.dist-info/METADATA`,
    content: `Metadata-Version: 2.1\nName: ${name}\nVersion: 1.0\n`,
  });
  const record = (name: string, ...lines: readonly string[]) => ({
    name: `${SITE}/${name}-1.0.dist-info/RECORD`,
    content: [...lines, `${name}-1.0.dist-info/METADATA,,`, ""].join("\n"),
  });
  const image = imageOf([
    debian13,
    dpkgStatus({ "python3-six": "1.16", python3: "3.13" }),
    list("python3-six", `/${SITE}/six.py`, `/${SITE}/six-1.0.egg-info/PKG-INFO`),
    list("python3", "/usr/bin/python3"),
    metadata("requests"),
    record("requests", "requests/__init__.py,sha256=x,1", '"requests/a,b.py",,', "../../../bin/req,,"),
    metadata("idle"),
    record("idle", "idle/__init__.py,,"),
    metadata("bare"),
    { name: `${SITE}/bare-1.0.dist-info/top_level.txt`, content: "bare\n" },
    { name: `${SITE}/six-1.0.egg-info/PKG-INFO`, content: "Name: six\nVersion: 1.0\n" },
    ...files(`${SITE}/requests/__init__.py`, `${SITE}/requests/a,b.py`, `${SITE}/idle/__init__.py`, `${SITE}/six.py`),
    ...files(`${SITE}/bare/core.py`, "usr/bin/python3"),
  ]);
  const states = await statesOf(
    image,
    learnedWorkload(image, {
      opened: [
        learnedFile(`/${SITE}/requests/__pycache__/__init__.cpython-313.opt-1.pyc`, { layer: "upper" }),
        `/${SITE}/__pycache__/six.cpython-313.pyc`,
        `/${SITE}/idle-1.0.dist-info/METADATA`,
        `/${SITE}/bare/core.py`,
      ],
    }),
  );
  assert.deepEqual(states, {
    "python3-six": `loaded: /${SITE}/__pycache__/six.cpython-313.pyc was opened`,
    python3: "not loaded: no file of it was opened in 1.5 h (1 container)",
    requests: `loaded: /${SITE}/requests/__pycache__/__init__.cpython-313.opt-1.pyc was opened`,
    idle: "not loaded: no file of it was opened in 1.5 h (1 container)",
    bare: `loaded: /${SITE}/bare/core.py was opened`,
    // It has no list of its own: Debian's package brought it, and nothing else.
    six: `loaded: /${SITE}/__pycache__/six.cpython-313.pyc was opened (python3-six)`,
  });
});

test("a file in node_modules is of the package around it; its manifest is read by whoever looks for packages", async () => {
  const image = imageOf([
    ...[npmPackage("a", "1.0.0"), npmPackage("b", "1.0.0"), npmPackage("c", "1.0.0", "app/node_modules/a")],
    ...files("app/node_modules/a/index.js", "app/node_modules/a/node_modules/c/lib/c.js"),
  ]);
  const opened = ["/app/node_modules/a/node_modules/c/lib/c.js", "/app/node_modules/b/package.json"];
  const states = await statesOf(image, learnedWorkload(image, { opened }));
  assert.equal(states.c, "loaded: /app/node_modules/a/node_modules/c/lib/c.js was opened");
  for (const name of ["a", "b"]) assert.match(states[name] ?? "", /^not loaded/);
});

test("a gem's files lie in its folder, its compiled ones apart; what Ruby brings is told apart by nothing", async () => {
  const gemspec = (name: string, folder = "") => ({
    name: `var/lib/gems/3.3.0/specifications/${folder}${name}-1.0.gemspec`,
    content: `# stub: ${name} 1.0 ruby lib\nGem::Specification.new do |s|\n  s.name = "${name}"\n  s.version = "1.0"\nend\n`,
  });
  const image = imageOf([
    ...[gemspec("rack"), gemspec("puma"), gemspec("idle"), gemspec("json", "default/")],
    ...files("var/lib/gems/3.3.0/gems/rack-1.0/lib/rack.rb", "var/lib/gems/3.3.0/gems/puma-1.0/lib/puma.rb"),
    ...files("var/lib/gems/3.3.0/extensions/x86_64-linux/3.3.0/puma-1.0/puma_http11.so"),
  ]);
  const states = await statesOf(
    image,
    learnedWorkload(image, {
      opened: [
        "/var/lib/gems/3.3.0/gems/rack-1.0/lib/rack.rb",
        "/var/lib/gems/3.3.0/extensions/x86_64-linux/3.3.0/puma-1.0/puma_http11.so",
        "/var/lib/gems/3.3.0/specifications/idle-1.0.gemspec",
      ],
    }),
  );
  assert.deepEqual(
    Object.entries(states).map(([name, text]) => [name, text.split(":")[0]]),
    [
      ["idle", "not loaded"],
      ["json", "unknown"],
      ["puma", "loaded"],
      ["rack", "loaded"],
    ],
  );
});
