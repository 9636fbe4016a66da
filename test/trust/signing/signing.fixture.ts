/** What the tests of signing share: one registry and one Sigstore, and both programs over them. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readClock } from "../../../src/core/clock.ts";
import { parseDigest } from "../../../src/core/digest.ts";
import { parseReference } from "../../../src/engines/oci/reference.ts";
import { registryRepository } from "../../../src/engines/oci/referrers/registry-repository.ts";
import { openRegistry } from "../../../src/engines/oci/registry/client.ts";
import { findSignatures } from "../../../src/engines/trust/find.ts";
import type { TrustMaterial, VerifiedSignature } from "../../../src/engines/trust/model.ts";
import { readTrustedKey } from "../../../src/engines/trust/roots/keys.ts";
import { verifySignature } from "../../../src/engines/trust/verify.ts";
import { type Answered, inProcess } from "../../in-process.ts";
import { type Cosign, cosignIn, PASSWORD } from "../cosign.ts";
import { startRegistry, type TestRegistry } from "../registry.ts";
import { type Sigstore, startSigstore } from "./sigstore.ts";

export interface Workshop {
  readonly folder: string;
  readonly registry: TestRegistry;
  readonly sigstore: Sigstore;
  readonly cosign: Cosign;
  /** `bulkhead WORDS…` in the folder, with the password of its keys. */
  run(words: readonly string[], environment?: Readonly<Record<string, string>>): Promise<Answered>;
  /** `cosign verify WORDS…`: true where it ends with 0. What it knows of Sigstore is this instance alone. */
  holds(words: readonly string[], environment?: Readonly<Record<string, string>>): Promise<boolean>;
  /** Every signature beside a digest, verified by us. */
  verified(repository: string, digest: string, material?: Partial<TrustMaterial>): Promise<VerifiedSignature[]>;
  /** The material of one public key. */
  key(pem: string): Partial<TrustMaterial>;
  root(): Partial<TrustMaterial>;
  /** Writes a file, and gives its path. */
  file(name: string, content: string): string;
  close(): Promise<void>;
}

export async function openWorkshop(): Promise<Workshop> {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-signing-"));
  const registry = await startRegistry(folder);
  const sigstore = await startSigstore();
  const cosign = await cosignIn(folder);
  const trusted = sigstore.cosignEnvironment(join(folder, "trusted"));
  return {
    ...{ folder, registry, sigstore, cosign },
    run: (words, environment = {}) =>
      inProcess(words, { cwd: folder, home: folder, environment: { COSIGN_PASSWORD: PASSWORD, ...environment } }),
    holds: async (words, environment = {}) => {
      try {
        await cosign.run([...words, "--allow-http-registry"], { ...trusted, ...environment });
        return true;
      } catch {
        return false;
      }
    },
    async verified(repository, digest, material = {}) {
      const client = openRegistry(parseReference(`${registry.host}/${repository}`));
      const subject = parseDigest(digest);
      if (subject === undefined) throw new Error(`${digest} is no digest`);
      try {
        const { signatures, gaps } = await findSignatures(subject, registryRepository(client));
        if (gaps.length > 0) throw new Error(JSON.stringify(gaps));
        const all = { roots: [], authorities: [], keys: [], ...material };
        return signatures.map((found) => verifySignature(found, all, readClock()));
      } finally {
        client.close();
      }
    },
    key: (pem) => ({ keys: [readTrustedKey(pem, "key.pub")] }),
    root: () => ({ roots: [{ name: "test", document: sigstore.trustedRoot }] }),
    file(name, content) {
      const path = join(folder, name);
      writeFileSync(path, content);
      return path;
    },
    async close() {
      await sigstore.close();
      await registry.stop();
      rmSync(folder, { recursive: true });
    },
  };
}
