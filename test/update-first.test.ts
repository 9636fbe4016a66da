/** Advisories that are fetched before a scan, also through a proxy, and what a first run without any says. */
import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { record } from "../src/engines/vulnerability/feeds/served.fixture.ts";
import { feedServer } from "../src/engines/vulnerability/feeds/server.fixture.ts";
import { inProcess } from "./in-process.ts";

const folder = mkdtempSync(join(tmpdir(), "bulkhead-update-"));
after(() => rmSync(folder, { recursive: true, force: true }));
mkdirSync(join(folder, "app"));
writeFileSync(
  join(folder, "app", "package-lock.json"),
  JSON.stringify({ lockfileVersion: 3, packages: { "": {}, "node_modules/package-1": { version: "0.9.0" } } }),
);

const run = (home: string, environment: Record<string, string>, ...words: readonly string[]) =>
  inProcess([...words, "--quiet"], { cwd: folder, home: join(folder, home), environment });

test("a first run says what is unknown, and what each way to a database costs", async () => {
  const { code, stdout } = await run("none", {}, "build", "deps", "app");
  assert.equal(code, 3);
  const note = /note: no advisory database: the vulnerabilities of 1 asset are unknown\. .*/.exec(stdout)?.[0] ?? "";
  for (const part of [
    "`bulkhead db update`",
    "network; the first time several hundred MB",
    "`bulkhead db import PATH`",
    "no network",
  ]) {
    assert.ok(note.includes(part), `${part}: ${stdout}`);
  }
  assert.equal(
    existsSync(join(folder, "none", ".local/share/bulkhead/advisories.db")),
    false,
    "nothing is fetched unasked",
  );
});

test("db update and --update go through the environment's proxy", async () => {
  await using server = await feedServer();
  server.serve("npm", [record(1), record(2)]);
  const asked: string[] = [];
  // Forwards each request for http://feeds.example to the feeds, as a proxy of HTTP does (RFC 9112, absolute-form).
  const proxy = createServer((incoming, answer) => {
    const { pathname } = new URL(incoming.url ?? "");
    asked.push(incoming.url ?? "");
    const { host: _, "proxy-connection": __, ...headers } = incoming.headers;
    incoming.pipe(
      request(new URL(pathname, server.url), { headers }, (got) => {
        answer.writeHead(got.statusCode ?? 502, got.headers);
        got.pipe(answer);
      }),
    );
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const environment = { HTTP_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}` };
  try {
    const from = "http://feeds.example";
    const updated = await run("proxied", environment, "db", "update", "--from", from, "--ecosystem", "npm");
    assert.equal(updated.code, 0, updated.stderr);
    assert.match(updated.stdout, /npm: 2 of 2 records read/);
    assert.ok(asked.length > 0 && asked.every((url) => url.startsWith("http://feeds.example/")));
    server.serve(
      "npm",
      [record(1), record(2), record(3, "1.0.0", "2026-01-01T12:00:00Z")],
      "Fri, 02 Jan 2026 00:00:00 GMT",
    );
    const before = asked.length;
    const scan = await run(
      "proxied",
      environment,
      "build",
      "deps",
      "app",
      "--update-from",
      from,
      "--now",
      "2026-01-03T00:00:00Z",
    );
    assert.ok(asked.length > before, "it asked again");
    assert.match(scan.stdout, /CVE-2025-1001/);
    assert.match(scan.stdout, /3 advisories of 1 source/);
  } finally {
    proxy.closeAllConnections();
    proxy.close();
  }
});

test("what cannot be fetched is said, and the scan goes by what was there", async () => {
  const { code, stdout } = await run("unreached", {}, "build", "deps", "app", "--update-from", "http://127.0.0.1:9/");
  assert.equal(code, 3);
  assert.match(stdout, /note: advisories (?:of \S+ )?not updated: feeds\./);
});
