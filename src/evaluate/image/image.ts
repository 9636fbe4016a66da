/** What an image or another inventory holds, judged by every check over images. */
import { imageChecks } from "../../checks/lists/image.ts";
import { imageScopeChecks } from "../../checks/lists/image-scope.ts";
import { imageUpdatesChecks } from "../../checks/lists/image-updates.ts";
import type { ImageFacts, ImageScopeFacts, ImageUpdatesFacts } from "../../checks/subjects/image.ts";
import type { Asset } from "../../core/asset.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import { absent, type Evidence, gapOf, present } from "../../core/evidence.ts";
import type { Policy } from "../../core/policy.ts";
import type { Problem } from "../../core/problem.ts";
import { runChecks } from "../../core/runner.ts";
import { packagesScope } from "../../core/scope.ts";
import { AMBIGUOUS } from "../../engines/oci/document.ts";
import type { PendingUpdates } from "../../engines/updates/model.ts";
import type { VexDocument } from "../../engines/vulnerability/vex/model.ts";
import { assessorOf as assessorOfSecrets } from "../secrets/secrets.ts";
import { assessorOf } from "../vex/assess.ts";
import { databasesOf } from "./databases.ts";
import { imageFacts, type ReadContents } from "./facts.ts";
import { withNewestBuilds } from "./newest-builds.ts";

export interface ImageContext {
  readonly policy: Policy;
  readonly now: Date;
  /** What the caller vouches for. */
  readonly vex?: readonly VexDocument[];
  /** What the distribution's repositories have newer; absent: nobody asked. */
  readonly pending?: Evidence<PendingUpdates> | undefined;
}

/** All evaluations of contents, from wherever they are. */
export function evaluateImage(asset: Asset, read: ReadContents, context: ImageContext): Evaluation[] {
  const { inventory, scopes, layers, secrets } = read;
  const { policy, now, vex = [] } = context;
  const packages = inventory.state === "present" ? inventory.facts.packages : [];
  const assess = assessorOf(vex, asset, packages);
  const vulnerabilities = scopes.flatMap(({ scope, inventory: own, evidence, looked }) =>
    runChecks<ImageScopeFacts>(
      imageScopeChecks,
      {
        inventory: own,
        vulnerabilities: withNewestBuilds(evidence, scope, context.pending),
        layers: present(layers, now.toISOString()),
      },
      {
        asset,
        policy,
        now,
        assess,
        evidence: looked,
        ...(scope === undefined ? {} : { scope: packagesScope(scope) }),
        databases: databasesOf(evidence),
      },
    ),
  );
  return [
    ...vulnerabilities,
    ...runChecks<ImageFacts>(imageChecks, imageFacts(read, now), {
      asset,
      policy,
      now,
      ...(secrets === undefined ? {} : { assess: assessorOfSecrets(secrets, { policy, now }) }),
    }),
  ];
}

interface UnopenedContext {
  readonly searchesSecrets: boolean;
  /** Whether it was rebuilt in time is asked: by a look-up, or by its age. */
  readonly asksUpdates?: boolean;
}

/** The evaluations of an image that was found and could not be opened. */
export function evaluateUnopened(
  asset: Asset,
  problem: Problem,
  { policy, now, searchesSecrets, asksUpdates = false }: ImageContext & UnopenedContext,
): Evaluation[] {
  const gone = absent<never>(gapOf(problem));
  const context = { asset, policy, now };
  return [
    ...runChecks<ImageScopeFacts>(imageScopeChecks, { inventory: gone, vulnerabilities: gone, layers: gone }, context),
    ...runChecks<ImageFacts>(
      imageChecks,
      {
        base: gone,
        layers: gone,
        ...(searchesSecrets ? { secrets: gone } : {}),
        ...(problem.code === AMBIGUOUS ? { ambiguity: present(ambiguityOf(problem), now.toISOString()) } : {}),
      },
      context,
    ),
    ...(asksUpdates ? runChecks<ImageUpdatesFacts>(imageUpdatesChecks, { built: gone, pending: gone }, context) : []),
  ];
}

/** Who makes an image that is two has something to hide: beside all that is unknown of it, that is a finding. */
function ambiguityOf({ place, message }: Problem): ImageFacts["ambiguity"] {
  // Its digest and the field: where the image lies, the asset says.
  return { place: place.slice(place.indexOf("@") + 1), cause: message };
}
