/** Bills of materials of an image with many packages, of this machine, and of the shop. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { hardenedImages } from "../../examples/shop/hardened/images.ts";
import { writeLayout } from "../../examples/shop/image.ts";
import { insecureImages } from "../../examples/shop/insecure/images.ts";
import { defaultPolicy } from "../../src/collect/policy/default.ts";
import type { Evaluation } from "../../src/core/evaluation.ts";
import { readSbom } from "../../src/engines/contents/sbom/read.ts";
import type { Sbom, SbomFormat } from "../../src/engines/contents/sbom/sbom.ts";
import { writeSbom } from "../../src/engines/contents/sbom/write.ts";
import { openImage } from "../../src/engines/oci/open.ts";
import type { AdvisoryDatabase } from "../../src/engines/vulnerability/database/open.ts";
import type { ScanContext } from "../../src/scan/context.ts";
import { scanImage, scanRootFolder } from "../../src/scan/image.ts";
import { sbomOfFolder, sbomOfImage } from "../../src/scan/made-sbom.ts";
import { scanSbom } from "../../src/scan/sbom.ts";
import { NOW } from "../images/scan.ts";
import type { Case, SuiteContext } from "../suite.ts";
import { sbomValidators } from "./validators.ts";

interface Subject {
  readonly name: string;
  /** Reads it anew. */
  sbom(): Promise<Sbom>;
  evaluate(): Promise<Evaluation[]>;
}

const FORMATS: readonly SbomFormat[] = ["cyclonedx", "spdx"];
const OPTIONS = { toolVersion: "0.0.0" };

export async function* sbomCases(
  suite: SuiteContext & { readonly advisories: AdvisoryDatabase },
): AsyncGenerator<Case> {
  const context: ScanContext = { now: NOW, policy: defaultPolicy, advisories: suite.advisories };
  const validators = sbomValidators(join(suite.data, "schemas"));
  for (const subject of subjectsOf(suite, context)) {
    const sbom = await subject.sbom();
    for (const format of FORMATS) {
      const text = writeSbom(sbom, format, OPTIONS);
      yield {
        name: `${subject.name}: ${format} is valid by the official schema`,
        run: () => assert.deepEqual(validators[format](JSON.parse(text)).slice(0, 20), []),
      };
      yield {
        name: `${subject.name}: ${format} is read back without loss`,
        run() {
          const { inventory, gaps, remarks } = readSbom(Buffer.from(text), "x");
          assert.deepEqual({ inventory, gaps, remarks }, { inventory: sbom.inventory, gaps: sbom.gaps, remarks: [] });
        },
      };
      yield {
        name: `${subject.name}: ${format} read anew is the same, byte for byte`,
        run: async () => assert.ok(writeSbom(await subject.sbom(), format, OPTIONS) === text, "the bytes differ"),
      };
      yield {
        name: `${subject.name}: ${format} is judged as what it is of`,
        async run() {
          const file = join(suite.temporary, "sbom.json");
          writeFileSync(file, text);
          const { evaluations } = scanSbom(file, subject.name, context);
          const told = (all: readonly Evaluation[]) => all.filter(({ check }) => ofContents.has(check)).map(judgement);
          assert.equal(told(evaluations).length, evaluations.length);
          assert.deepEqual(told(evaluations), told(await subject.evaluate()));
        },
      };
    }
  }
}

/** Checks of what is listed: of an image's files, configuration and secrets a bill of materials says nothing. */
const ofContents = new Set(
  ["known-vulnerabilities", "denied-license", "end-of-life", "base-not-accepted", "removed-packages"].map(
    (name) => `image/${name}`,
  ),
);

/** What must be the same: all but what the image was called and where it lay, and for a folder what it is. */
function judgement({ asset, ...evaluation }: Evaluation): unknown {
  if (asset.kind !== "image") return { ...evaluation, asset: asset.lineage };
  const { path: _, ...image } = asset;
  return { ...evaluation, asset: { ...image, name: "" } };
}

function* subjectsOf({ data, temporary }: SuiteContext, context: ScanContext): Generator<Subject> {
  const images: [string, string][] = [["sample", join(data, "images/sample-alpine310-node-vuln.oci.tar")]];
  for (const [shop, all] of Object.entries({ insecure: insecureImages, hardened: hardenedImages(new Date(0)) })) {
    for (const image of all) {
      const layout = join(temporary, shop, image.name);
      writeLayout(image, layout);
      images.push([`shop ${shop}/${image.name}`, `oci:${layout}`]);
    }
  }
  for (const [name, reference] of images) {
    yield {
      name,
      sbom: () => withImage(reference, (named) => sbomOfImage(named, context)),
      evaluate: () => withImage(reference, (named) => scanImage(named, context)),
    };
  }
  yield {
    name: "this machine",
    sbom: () => sbomOfFolder("/", "dir:/", context),
    evaluate: () => scanRootFolder("/", "dir:/", context),
  };
}

async function withImage<T>(
  reference: string,
  work: (named: Awaited<ReturnType<typeof openImage>>) => Promise<T>,
): Promise<T> {
  const named = await openImage(reference);
  try {
    return await work(named);
  } finally {
    await named.image.store.close();
  }
}
