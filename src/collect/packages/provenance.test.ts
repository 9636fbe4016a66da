import assert from "node:assert/strict";
import { test } from "node:test";
import type { Evidence } from "../../core/evidence.ts";
import type { PackageMetadata } from "../../engines/packages/model.ts";
import {
  NAME,
  npmKey,
  npmProvenance,
  npmPublish,
  pypiProvenance,
  trust,
  VERSION,
} from "../../engines/packages/provenance/attestations.fixture.ts";
import { NOW } from "../../engines/trust/made-signatures.fixture.ts";
import { openRegistries } from "./registries.ts";
import { archiveOf, startRegistry } from "./registry.fixture.ts";

const settings = { bases: {}, scopes: {}, authorizations: [], off: [], privateModules: [] };

function provenanceIn(evidence: Evidence<PackageMetadata>) {
  assert.ok(evidence.state === "present", JSON.stringify(evidence));
  const { provenance } = evidence.facts;
  return provenance.state === "present" ? provenance.facts.kind : provenance.gaps.map(({ code }) => code).join();
}

const published = "2026-05-01T12:00:00.000Z";

test("npm's attestations are fetched from the registry that is asked, and verified against its archive", async (t) => {
  const registry = await startRegistry(t);
  const archive = archiveOf(NAME, VERSION, { published });
  const versions = (attestations: unknown) => ({ versions: { [VERSION]: { published, attestations } } });
  const asked = async (attestations: unknown) => {
    registry.packages.set(NAME, versions(attestations));
    const registries = openRegistries({
      ...{ offline: false, now: NOW, settings, trust, npmKeys: [npmKey], overrides: { npm: registry.base } },
      client: { environment: {} },
    });
    const told = provenanceIn(await registries.metadata({ type: "npm", name: NAME, version: VERSION }));
    registries.close();
    return told;
  };
  assert.equal(await asked({ attestations: [npmPublish(archive), npmProvenance(archive)] }), "verified");
  assert.equal(await asked({ attestations: [npmProvenance(Buffer.from("another"))] }), "refused");
  assert.equal(await asked(undefined), "none");
  assert.equal(await asked({ nothing: true }), "packages.answer");
  // The packument says that there are some, at a place of its own choice: that place is not asked.
  assert.ok(registry.seen.every(({ url }) => !url.includes("elsewhere")));
});

test("what PyPI serves beside each file is verified against that file", async (t) => {
  const registry = await startRegistry(t, "pypi");
  const archive = archiveOf("left", VERSION, { published });
  const file = `left-${VERSION}-py3-none-any.whl`;
  const asked = async (attestations: unknown) => {
    registry.packages.set("left", { versions: { [VERSION]: { published, attestations } } });
    const registries = openRegistries({
      ...{ offline: false, now: NOW, settings, trust, overrides: { pypi: registry.base } },
      client: { environment: {} },
    });
    const told = provenanceIn(await registries.metadata({ type: "pypi", name: "left", version: VERSION }));
    registries.close();
    return told;
  };
  assert.equal(await asked(pypiProvenance(file, archive)), "verified");
  assert.equal(await asked(pypiProvenance(file, Buffer.from("another"))), "refused");
  assert.equal(await asked(undefined), "none");
});
