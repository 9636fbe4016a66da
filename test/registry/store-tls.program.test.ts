import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { readClock } from "../../src/core/clock.ts";
import { issueCertificate, makeAuthority } from "../../src/engines/certificates/make.ts";
import { openStore } from "../../src/store/open.ts";
import { findPostgres, type Postgres, startPostgres } from "./postgres.ts";

const programs = findPostgres();
const validity = {
  from: new Date(readClock().getTime() - 60_000),
  until: new Date(readClock().getTime() + 86_400_000),
};

describe("TLS to PostgreSQL", { skip: programs === undefined && "PostgreSQL is not installed" }, () => {
  let encrypted: Postgres;
  let plain: Postgres;
  let folder: string;
  const asked = async (url: string): Promise<void> => {
    const store = await openStore({ url });
    await store.close();
  };
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "bulkhead-tls-"));
    const authority = makeAuthority("test", validity);
    await writeFile(join(folder, "ca.crt"), authority.certificate);
    await writeFile(join(folder, "stranger.crt"), makeAuthority("stranger", validity).certificate);
    encrypted = await startPostgres(programs ?? "", issueCertificate(authority, ["localhost"], validity));
    plain = await startPostgres(programs ?? "");
  });
  after(async () => {
    await encrypted.stop();
    await plain.stop();
    await rm(folder, { recursive: true });
  });

  test("a server whose authority and name are right is talked to, encrypted", async () => {
    const url = encrypted.loopbackUrl.replace("127.0.0.1", "localhost");
    const store = await openStore({ url: `${url}?sslrootcert=${folder}/ca.crt` });
    const encryptions = await encrypted.psql(
      "select distinct ssl from pg_stat_ssl join pg_stat_activity using (pid) where application_name = 'bulkhead'",
    );
    assert.equal(encryptions.trim(), "t");
    await store.close();
  });

  test("a stranger's authority, another name and a server without TLS are not", async () => {
    const named = encrypted.loopbackUrl.replace("127.0.0.1", "localhost");
    for (const [url, cause] of [
      [`${named}?sslrootcert=${folder}/stranger.crt`, /self-signed certificate|unable to verify|signature failure/],
      [`${named}?sslmode=verify-full`, /self-signed certificate|unable to/],
      [`${encrypted.loopbackUrl}?sslrootcert=${folder}/ca.crt`, /127\.0\.0\.1/],
      [`${plain.loopbackUrl}?sslmode=verify-full`, /TLS/],
      [`${plain.loopbackUrl}?sslmode=require`, /TLS/],
    ] as const) {
      await assert.rejects(asked(url), (error: Error & { code?: string }) => {
        assert.equal(error.code, "store.unavailable", error.stack);
        assert.match(error.message, cause);
        return true;
      });
    }
  });

  test("encrypted without being verified only where the URL says so", async () => {
    await asked(`${encrypted.loopbackUrl}?sslmode=require`);
  });

  test("a wrong password is named, and what to do", async () => {
    await assert.rejects(asked(plain.loopbackUrl.replace(/:[0-9a-f]{24}@/, ":wrong@")), {
      code: "store.failed",
      remedy: "check the user and the password in the database's URL",
    });
  });
});
