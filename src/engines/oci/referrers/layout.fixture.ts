/** A layout folder that is made blob by blob, for tests. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { Digest } from "../../../core/digest.ts";
import { digestOf } from "../registry/push.fixture.ts";
import { type HeldDescriptor, INDEX, MANIFEST } from "./registry.fixture.ts";

export interface HeldLayout {
  readonly folder: string;
  blob(mediaType: string, content: string | Buffer): HeldDescriptor;
  manifest(document: object): HeldDescriptor;
  /** Writes index.json. */
  names(roots: readonly object[]): void;
}

export function heldLayout(t: Pick<TestContext, "after">): HeldLayout {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-layout-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, "blobs/sha256"), { recursive: true });
  writeFileSync(join(folder, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));

  function blob(mediaType: string, content: string | Buffer): HeldDescriptor {
    const bytes = Buffer.from(content);
    const digest = digestOf(bytes) as Digest;
    writeFileSync(join(folder, "blobs", ...digest.split(":")), bytes);
    return { mediaType, digest, size: bytes.length };
  }

  return {
    folder,
    blob,
    manifest(document) {
      const mediaType = "manifests" in document ? INDEX : MANIFEST;
      return blob(mediaType, JSON.stringify({ schemaVersion: 2, mediaType, ...document }));
    },
    names(manifests) {
      writeFileSync(join(folder, "index.json"), JSON.stringify({ schemaVersion: 2, mediaType: INDEX, manifests }));
    },
  };
}
