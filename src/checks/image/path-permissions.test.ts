/** The checks over permissions: setuid-files, file-capabilities, world-writable. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { PathPermissions } from "../../engines/contents/model.ts";
import { sha256 } from "../../engines/oci/image.fixture.ts";
import type { ImageCheck } from "../subjects/image.ts";
import { fileCapabilities } from "./file-capabilities.ts";
import { setuidFiles } from "./setuid-files.ts";
import { worldWritable } from "./world-writable.ts";

const diffId = sha256(Buffer.from("layer"));
const layers = [0, 1].map((index) => ({ index, of: 2, diffId }));

function at(path: string, mode: number, more: Partial<PathPermissions> = {}): PathPermissions {
  return { path, mode, type: "file", owner: 0, layer: 0, ...more };
}

function found(
  check: ImageCheck<"paths" | "layers" | "baseLayers">,
  paths: readonly PathPermissions[],
  baseLayers: number | undefined = 1,
) {
  return [...check.evaluate({ paths, layers, baseLayers }, new Date(0))];
}

/** `severity subject` of each. */
function told(check: ImageCheck<"paths" | "layers" | "baseLayers">, ...paths: readonly PathPermissions[]): string[] {
  return found(check, paths).map(({ severity, subject }) => `${severity} ${subject}`);
}

function capable(path: string, ...permitted: readonly string[]): PathPermissions {
  const capabilities = { kind: "capabilities", permitted, inheritable: [], effective: true } as const;
  return at(path, 0o755, { capabilities });
}

test("setuid: what distributions ship is one low finding that names it, also upgraded by the application", () => {
  const [draft, ...others] = found(setuidFiles, [
    at("usr/bin/su", 0o4755, { layer: 1 }),
    at("bin/mount", 0o4755),
    at("usr/bin/wall", 0o2755),
    at("usr/bin/sudo", 0o4755),
  ]);
  assert.deepEqual(others, []);
  assert.equal(draft?.severity, "low");
  assert.equal(draft?.title, "4 setuid or setgid programs of the distribution: su, mount, wall, sudo");
  assert.equal(draft?.locations.length, 4);
});

test("setuid: shells and what is outside the system's folders is high, the rest medium", () => {
  assert.deepEqual(
    told(
      setuidFiles,
      at("usr/bin/bash", 0o4755),
      at("opt/app/su", 0o4755),
      at("usr/local/bin/tool", 0o6755),
      at("usr/bin/unheard-of", 0o4755),
      at("usr/bin/python3.12", 0o4755, { owner: 33 }),
      at("usr/lib/games/score", 0o2755),
      at("usr/bin/sudo", 0o4755, { layer: 1 }),
    ),
    [
      "high setuid usr/bin/bash",
      "high setuid opt/app/su",
      "high setuid and setgid usr/local/bin/tool",
      "medium setuid usr/bin/unheard-of",
      "medium setuid usr/bin/python3.12",
      "medium setgid usr/lib/games/score",
      "medium setuid usr/bin/sudo",
    ],
  );
});

test("setuid: what a layer removed, what nobody runs, folders and ordinary files are none", () => {
  assert.deepEqual(
    told(
      setuidFiles,
      at("opt/gone", 0o4755, { removedIn: 1 }),
      at("opt/data", 0o4644),
      at("opt/locks", 0o2644),
      at("opt/folder", 0o6777, { type: "directory" }),
      at("opt/open", 0o666),
    ),
    [],
  );
});

test("each says where it is, and whose it is where the base is known", () => {
  const [draft] = found(setuidFiles, [at("opt/tool", 0o4755, { layer: 1 })]);
  assert.deepEqual(draft?.locations, [{ kind: "image", path: "opt/tool", layer: layers[1] }]);
  assert.equal(draft?.origin, "application");
  const unknown = [
    ...setuidFiles.evaluate({ paths: [at("opt/tool", 0o4755)], layers: [], baseLayers: undefined }, new Date(0)),
  ];
  assert.equal(unknown[0]?.origin, undefined);
  assert.deepEqual(unknown[0]?.locations, [{ kind: "file", path: "/opt/tool" }]);
});

test("capabilities: what is as good as root is high, what ordinary programs have is low", () => {
  assert.deepEqual(
    told(
      fileCapabilities,
      capable("app/run", "cap_net_raw", "cap_sys_admin"),
      capable("app/web", "cap_net_bind_service"),
      capable("usr/bin/newuidmap", "cap_setuid"),
      capable("app/net", "cap_net_admin"),
      at("app/odd", 0o755, { capabilities: { kind: "unreadable", reason: "it has 3 bytes" } }),
      { ...capable("app/gone", "cap_sys_admin"), removedIn: 1 },
      at("usr/bin/su", 0o4755),
    ),
    [
      "high capabilities of app/run: cap_net_raw,cap_sys_admin",
      "low capabilities of app/web: cap_net_bind_service",
      "low capabilities of usr/bin/newuidmap: cap_setuid",
      "medium capabilities of app/net: cap_net_admin",
      "low capabilities of app/odd: unreadable",
    ],
  );
  const all = Array.from({ length: 41 }, (_, i) => `cap_${i}`);
  assert.match(found(fileCapabilities, [capable("a", ...all)])[0]?.title ?? "", /cap_7 and 33 more capabilities$/);
});

test("writable by everybody: one finding for each kind, programs and settings high", () => {
  assert.deepEqual(
    told(
      worldWritable,
      at("app/run", 0o777),
      at("usr/local/lib", 0o777, { type: "directory" }),
      at("usr/lib/x.so", 0o666),
      at("etc/app.conf", 0o666),
      at("app/data", 0o777, { type: "directory", layer: 1 }),
      at("app/notes", 0o666, { layer: 1 }),
    ),
    [
      "high programs and libraries of the base: app/run, usr/lib/x.so, usr/local/lib",
      "high settings of the system of the base: etc/app.conf",
      "medium files and folders",
    ],
  );
  const [draft] = found(worldWritable, [at("a", 0o666), at("b", 0o666), at("c", 0o777, { type: "directory" })]);
  assert.equal(draft?.title, "2 world-writable files and 1 world-writable directory: /a, /b, /c");
});

test("writable by everybody: shared folders, the sticky bit and what a layer removed are none", () => {
  assert.deepEqual(
    told(
      worldWritable,
      at("tmp/x", 0o666),
      at("var/tmp", 0o777, { type: "directory" }),
      at("dev/shm", 0o777, { type: "directory" }),
      at("run/lock", 0o777, { type: "directory" }),
      at("srv/drop", 0o1777, { type: "directory" }),
      at("srv/gone", 0o666, { removedIn: 1 }),
      at("usr/bin/su", 0o4755),
    ),
    [],
  );
  assert.equal(told(worldWritable, at("tmpfiles", 0o666)).length, 1);
});

test("of many the first are named and placed, and the rest is counted", () => {
  const many = Array.from({ length: 50 }, (_, i) => at(`srv/f${i}`, 0o666));
  const [draft] = found(worldWritable, many);
  assert.match(draft?.title ?? "", /^50 world-writable files: .* and 44 more$/);
  assert.deepEqual([draft?.locations.length, draft?.evidence.paths], [20, "50"]);
});
