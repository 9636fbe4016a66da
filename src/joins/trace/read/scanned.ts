/** What one image itself holds, of the bytes that were verified. */
import { append } from "../../../core/append.ts";
import { gapOf } from "../../../core/evidence.ts";
import { splitImageName } from "../../../core/image-name.ts";
import { isEvidenceProblem } from "../../../core/problem.ts";
import type { Relation } from "../../../core/relation.ts";
import type { Package } from "../../../engines/contents/model.ts";
import type { OpenImage } from "../../../engines/oci/image.ts";
import { type OpenOptions, openImage } from "../../../engines/oci/open.ts";
import { formatPlatform } from "../../../engines/oci/platform.ts";
import type { LearnedLookup, ScanContext } from "../../../scan/context.ts";
import { scanImage } from "../../../scan/image.ts";
import { learnedJoin } from "../../loaded/lookup.ts";
import { workloadsOf } from "../../loaded/observed.ts";
import type { CurrentBase, LearnedContainers, ScannedImage, TraceSources } from "../model.ts";
import type { TraceContext } from "./context.ts";

type Context = ScanContext & { readonly open: OpenOptions };

/** A layout or a tag may be another image a moment later: what is opened is what was verified, or a gap. */
export async function scannedImage(
  name: string,
  digest: string,
  { scan, learned, asksElsewhere }: Pick<TraceContext, "scan" | "learned" | "asksElsewhere">,
): Promise<TraceSources["scanned"]> {
  const relations: Relation[] = [];
  let packages: readonly Package[] | undefined;
  const own = learned === undefined ? undefined : learnedJoin(learned.learned, learned.name).lookup;
  // What was found in it is kept here, whether or not something was learned of it.
  const lookup: LearnedLookup = async (image, inventory, context) => {
    const found = own === undefined ? { inventory, evaluations: [] } : await own(image, inventory, context);
    if (found.inventory.state === "present") packages = found.inventory.facts.packages;
    return found;
  };
  try {
    const named = await openImage(name, scan.open);
    const { image } = named;
    try {
      const { configDigest, manifestDigest, indexDigest, config } = image;
      if (digest !== (indexDigest ?? manifestDigest)) {
        return { gap: { code: "trace.changed", reason: `${name} changed while it was read`, remedy: "try again" } };
      }
      const evaluations = await scanImage(named, {
        ...scan,
        learned: lookup,
        judgesAge: true,
        onRelations: (told) => append(relations, told),
      });
      const currentBase = await currentBaseOf(name, image, { ...scan, asksElsewhere });
      const watched: LearnedContainers | undefined =
        learned === undefined ? undefined : { name: learned.name, workloads: workloadsOf(learned.learned, image) };
      const scanned: ScannedImage = {
        configDigest,
        ...(manifestDigest === undefined ? {} : { manifestDigest }),
        ...(indexDigest === undefined ? {} : { indexDigest }),
        platform: formatPlatform(config.platform),
        ...(config.created === undefined ? {} : { created: config.created }),
        labels: config.labels,
        evaluations,
        relations,
        ...(packages === undefined ? {} : { packages }),
        ...(currentBase === undefined ? {} : { currentBase }),
        ...(watched === undefined ? {} : { learned: watched }),
      };
      return scanned;
    } finally {
      await image.store.close();
    }
  } catch (error) {
    if (!isEvidenceProblem(error)) throw error;
    return { gap: gapOf(error) };
  }
}

/** OCI image specification, annotations.md; buildah and BuildKit state them. */
const NAME = "org.opencontainers.image.base.name";
const DIGEST = "org.opencontainers.image.base.digest";

/** What the name of its base is by now: an index or the image of it for the same platform. Undefined: it states no base. */
async function currentBaseOf(
  written: string,
  { annotations, config }: OpenImage,
  { open, now, asksElsewhere }: Context & { readonly asksElsewhere: boolean },
): Promise<CurrentBase | undefined> {
  const [name, stated] = [NAME, DIGEST].map((key) => annotations[key] ?? config.labels[key]);
  if (name === undefined || stated === undefined || name === "" || !/^sha256:[0-9a-f]{64}$/.test(stated))
    return undefined;
  const { registry, repository, tag } = splitImageName(name);
  // Without a tag it is one digest for ever.
  if (tag === undefined || name.includes("@")) return undefined;
  if (registry !== splitImageName(written).registry && !asksElsewhere) {
    const reason = `what ${registry ?? "docker.io"}/${repository}:${tag} is by now was not asked of its registry`;
    return { name, stated, gap: { code: "trace.base-elsewhere", reason, remedy: "add --base-updates" } };
  }
  try {
    const { image } = await openImage(name, { ...open, platform: config.platform });
    await image.store.close();
    const found = [image.indexDigest, image.manifestDigest].filter((digest) => digest !== undefined);
    return { name, stated, now: found, at: now.toISOString() };
  } catch (error) {
    if (!isEvidenceProblem(error)) throw error;
    return { name, stated, gap: gapOf(error) };
  }
}
