import assert from "node:assert/strict";
import { test } from "node:test";
import type { Asset } from "../../core/asset.ts";
import type { Digest } from "../../core/digest.ts";
import { config, manifest, openVex } from "../../engines/vulnerability/vex/documents.fixture.ts";
import { readVex } from "../../engines/vulnerability/vex/read.ts";
import { assessorOf } from "../../evaluate/vex/assess.ts";
import { vexNotes } from "./vex.ts";

const finding = {
  subject: "s",
  severity: "high",
  title: "t",
  locations: [{ kind: "file", path: "a" }],
  matches: { ids: ["CVE-1"], purl: "pkg:npm/a@1" },
  evidence: {},
} as const;

function image(reference: string): Asset {
  const references = [{ reference, manifestDigest: manifest as Digest, observedAt: "2025-01-01T00:00:00Z" }];
  const lineage = "registry.example.com/shop/web";
  return { kind: "image", id: config as Digest, identifiedBy: "config", lineage, name: "web", references };
}

function document(product: string) {
  const products = [{ "@id": product, subcomponents: [{ "@id": "pkg:npm/a" }] }];
  return readVex(openVex([{ vulnerability: { name: "CVE-1" }, products, status: "fixed" }]), "a.json");
}

test("an image's tag is the end of its reference, or all of a layout's", () => {
  const named = (reference: string) =>
    assessorOf([document("pkg:oci/web?tag=1.4")], image(reference), [])(finding) !== undefined;
  assert.ok(named("registry.example.com:5000/shop/web:1.4"));
  assert.ok(named(`registry.example.com/shop/web:1.4@${manifest}`));
  assert.ok(named("1.4"));
  assert.ok(!named("registry.example.com/shop/web:1.5"));
  assert.ok(!named("registry.example.com:1.4/shop/web"));
});

test("only an image is met by an image's name", () => {
  const folder: Asset = { kind: "rootfs", id: "/", lineage: "web", name: "web" };
  const documents = [document("pkg:oci/web")];
  assert.notEqual(assessorOf(documents, image("1.4"), [])(finding), undefined);
  assert.equal(assessorOf(documents, folder, [])(finding), undefined);
});

test("each document is said, with how much it states", () => {
  assert.deepEqual(vexNotes([document("pkg:oci/web")]), ["VEX: a.json, OpenVEX by Shop, 1 statement"]);
});
