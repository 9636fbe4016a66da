import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Problem } from "../core/problem.ts";
import { parseDatabaseUrl } from "./database-url.ts";

const word = ["hush", "hush"].join("-");

test("a URL says where the database is, and what may be shown of it", () => {
  const { password, ...address } = parseDatabaseUrl(`postgres://guard:${word}%2f@127.0.0.1:5433/bulkhead`);
  assert.equal(password, `${word}/`);
  assert.deepEqual(address, {
    place: "postgresql://127.0.0.1:5433/bulkhead",
    host: "127.0.0.1",
    port: 5433,
    database: "bulkhead",
    user: "guard",
    tls: false,
  });
});

test("a socket is named by its folder", () => {
  const { host, place, user, port, tls } = parseDatabaseUrl("postgresql:///b?host=/run/postgresql&user=guard");
  assert.deepEqual(
    [host, place, user, port, tls],
    ["/run/postgresql", "postgresql:/run/postgresql/b", "guard", 5432, false],
  );
});

test("over the network certificates are verified unless the URL says otherwise", () => {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-url-"));
  try {
    const ca = join(folder, "ca.pem");
    writeFileSync(ca, "PEM");
    const tls = (query: string, host = "db.example") => parseDatabaseUrl(`postgresql://u@${host}/b${query}`).tls;
    assert.deepEqual(tls(""), { isVerified: true });
    assert.deepEqual(tls(`?sslrootcert=${ca}`), { isVerified: true, ca: "PEM" });
    assert.deepEqual(tls(`?sslrootcert=${ca}`, "localhost"), { isVerified: true, ca: "PEM" });
    assert.deepEqual(tls("?sslmode=require"), { isVerified: false });
    assert.equal(tls("?sslmode=disable"), false);
    assert.equal(tls("", "[::1]"), false);
    assert.deepEqual(tls("", "127.example"), { isVerified: true });
    assert.throws(() => tls(`?sslrootcert=${folder}/none`), /no such file/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("what is no such URL is refused without being repeated", () => {
  for (const [url, cause] of [
    [`${word}`, "it is not a URL"],
    [`mysql://u:${word}@h/b`, "it is not a PostgreSQL's"],
    [`postgresql://u:${word}@h/`, "it names no database"],
    [`postgresql://u:${word}@/b`, "it is not a URL"],
    [`postgresql:///b?user=u`, "it names no host"],
    [`postgresql://h/b`, "it names no user"],
    [`postgresql://u:${word}@h,i/b`, "it names several hosts"],
    [`postgresql://u:${word}@h/b?options=-c`, "it has the parameter options"],
    [`postgresql://u:${word}@h/b?sslmode=prefer`, "its sslmode is prefer"],
    [`postgresql://u:${word}@h/b?port=0`, "its port is none"],
  ] as const) {
    assert.throws(
      () => parseDatabaseUrl(url),
      (error) =>
        error instanceof Problem && error.message === cause && !error.line().includes(word) && error.kind === "usage",
      url,
    );
  }
});
