/** Certificates that the guard makes itself: kept in one place that all replicas share, without a leader among them. */
import { Problem } from "../../../core/problem.ts";
import { readCertificates } from "../../../engines/certificates/read.ts";
import type { CertificateSource } from "./keeper.ts";
import type { CertificateStore, RotationSettings, WebhookAnchor } from "./model.ts";
import { bundleOf, nextStep, type RotationView } from "./rotation.ts";

/** Another replica that was quicker is met once or twice; more often something else writes there. */
const TRIES = 5;

/** Whoever writes first has made the step; who comes second reads what it has become. */
export function ownCertificates(store: CertificateStore, settings: RotationSettings): CertificateSource {
  return {
    async offer(now, anchors) {
      const done: string[] = [];
      for (let tries = 0; tries < TRIES; tries++) {
        const kept = await store.read();
        if (kept instanceof Problem) return kept;
        const step = nextStep(kept.state, settings, viewOf(now, anchors));
        if (step === undefined && kept.state !== undefined) {
          return { pair: kept.state.leaf, bundle: bundleOf(kept.state), done };
        }
        if (step === undefined) break;
        const written = await store.write(step.state, kept.version);
        if (written instanceof Problem) return written;
        if (written === "written") return { pair: step.state.leaf, bundle: bundleOf(step.state), done: step.done };
      }
      return new Problem({
        kind: "unavailable",
        code: "certificate.conflict",
        place: "certificate",
        cause: `something else wrote it each of ${TRIES} times`,
      });
    },
  };
}

function viewOf(now: Date, anchors: readonly WebhookAnchor[] | undefined): RotationView {
  if (anchors === undefined) return { now, anchored: undefined };
  if (anchors.length === 0) return { now, anchored: undefined, unanchored: true };
  const each = anchors.map(({ caBundle, place }) => fingerprintsOf(caBundle, place));
  return { now, anchored: each.reduce((all, some) => all.intersection(some)) };
}

function fingerprintsOf(bundle: string, place: string): Set<string> {
  try {
    return new Set(readCertificates(bundle, place).map(({ fingerprint }) => fingerprint));
  } catch {
    return new Set();
  }
}
