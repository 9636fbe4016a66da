/**
 * Keeps what is shown and what webhooks trust in step: one look at a time, by every replica alike. What a look-up that failed
 * leaves open changes nothing of what is shown.
 */
import { Problem } from "../../../core/problem.ts";
import type { CertificateFacts, CertificatePair } from "../../../engines/certificates/model.ts";
import { readCertificates, readServerCertificate, trustFault } from "../../../engines/certificates/read.ts";
import type { WebhookAnchor, WebhookAnchors } from "./model.ts";

/** What a source of certificates has to show, as of one look. */
export interface Offered {
  readonly pair: CertificatePair;
  /** What webhooks are to trust, in PEM; absent: somebody else keeps that. */
  readonly bundle?: string;
  /** What was done to come to it. */
  readonly done: readonly string[];
}

/** Never throws. */
export interface CertificateSource {
  /** @param anchors - what webhooks trust now; undefined: not known. `[]`: there are none to look at */
  offer(now: Date, anchors: readonly WebhookAnchor[] | undefined): Promise<Offered | Problem>;
}

export interface CertificateStatus {
  /** What is shown; absent: nothing yet. */
  readonly shown?: CertificateFacts;
  /** Why requests would not come through, one sentence without a full stop; absent: they do. */
  readonly fault?: string;
  /** What went wrong and changes nothing yet. */
  readonly notes: readonly string[];
  /** What was done. */
  readonly done: readonly string[];
  /** The first end of an authority that webhooks trust; absent where that is not known. */
  readonly authorityEnds?: Date;
}

export interface CertificateKeeper {
  /** One look. Never throws. */
  look(): Promise<CertificateStatus>;
}

export interface KeeperOptions {
  readonly source: CertificateSource;
  /** Absent: no webhook configuration is named, and only time decides. */
  readonly anchors?: WebhookAnchors;
  readonly now: () => Date;
  /** Shows it to who connects from now on. @throws Problem where it cannot be shown */
  show(pair: CertificatePair): void;
}

export function createCertificateKeeper({ source, anchors, now, show }: KeeperOptions): CertificateKeeper {
  let shown: readonly [CertificateFacts, ...CertificateFacts[]] | undefined;
  /** As of the last look that could be had. */
  let known: readonly WebhookAnchor[] | undefined = anchors === undefined ? [] : undefined;

  async function lookAtAnchors(notes: string[]): Promise<readonly WebhookAnchor[] | undefined> {
    if (anchors === undefined) return [];
    const read = await anchors.read();
    if (!(read instanceof Problem)) return read;
    notes.push(read.line());
    return undefined;
  }

  /** Every webhook trusts it. @returns why one does not */
  function faultOf(
    chain: readonly CertificateFacts[],
    trusted: readonly WebhookAnchor[],
    at: Date,
  ): string | undefined {
    if (trusted.length === 0) {
      const [leaf] = chain;
      return leaf === undefined ? "is not there" : ownFault(leaf, at);
    }
    for (const { place, caBundle, serverName } of trusted) {
      const fault = bundleFault(chain, caBundle, { place, name: serverName, now: at });
      if (fault !== undefined) return fault;
    }
    return undefined;
  }

  /** Shown once clients take it; what they take no longer gives way at once. */
  function maybeShow({ pair }: Offered, at: Date, notes: string[]): void {
    try {
      const chain = readServerCertificate(pair, "certificate");
      if (shown !== undefined && chain.map(pemOf).join("") === shown.map(pemOf).join("")) return;
      const fault = known === undefined ? undefined : faultOf(chain, known, at);
      if (
        fault !== undefined &&
        shown !== undefined &&
        known !== undefined &&
        faultOf(shown, known, at) === undefined
      ) {
        notes.push(`the new certificate is not shown yet: ${fault}`);
        return;
      }
      show(pair);
      shown = chain;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      notes.push(error.line());
    }
  }

  return {
    async look() {
      const at = now();
      const notes: string[] = [];
      const seen = await lookAtAnchors(notes);
      known = seen ?? known;
      const offered = await source.offer(at, seen);
      if (offered instanceof Problem) notes.push(offered.line());
      else {
        const { bundle } = offered;
        if (bundle !== undefined && anchors !== undefined && seen?.some(({ caBundle }) => !isSame(caBundle, bundle))) {
          const failed = await anchors.write(bundle);
          if (failed === undefined) known = seen.map((anchor) => ({ ...anchor, caBundle: bundle }));
          else notes.push(failed.line());
        }
        maybeShow(offered, at, notes);
      }
      const done = offered instanceof Problem ? [] : offered.done;
      const ends = known === undefined ? undefined : firstEnd(known);
      const common = { notes, done, ...(ends === undefined ? {} : { authorityEnds: ends }) };
      if (shown === undefined) {
        return { ...common, fault: `no certificate${notes.length === 0 ? "" : `: ${notes.at(-1)}`}` };
      }
      const fault = known === undefined ? `the webhooks are not read: ${notes[0]}` : faultOf(shown, known, at);
      return { ...common, shown: shown[0], ...(fault === undefined ? {} : { fault }) };
    },
  };
}

function ownFault(leaf: CertificateFacts, now: Date): string | undefined {
  const fault = trustFault([leaf], [leaf], { name: leaf.names[0] ?? "", now });
  return fault === undefined ? undefined : `the certificate ${fault}`;
}

function bundleFault(
  chain: readonly CertificateFacts[],
  bundle: string,
  { place, ...asked }: { readonly place: string; readonly name: string; readonly now: Date },
): string | undefined {
  if (bundle.trim() === "") return `${place} has no caBundle`;
  try {
    const fault = trustFault(chain, readCertificates(bundle, place), asked);
    return fault === undefined ? undefined : `${place} does not trust the certificate, which ${fault}`;
  } catch (error) {
    return error instanceof Problem ? `${place}: caBundle: ${error.message}` : String(error);
  }
}

function isSame(one: string, other: string): boolean {
  const read = (pem: string): string | undefined => {
    try {
      return readCertificates(pem, "caBundle").map(pemOf).join("");
    } catch {
      return undefined;
    }
  };
  return read(one) === read(other);
}

function firstEnd(anchors: readonly WebhookAnchor[]): Date | undefined {
  const ends = anchors.flatMap(({ caBundle, place }) => {
    try {
      return readCertificates(caBundle, place).map(({ notAfter }) => notAfter.getTime());
    } catch {
      return [];
    }
  });
  return ends.length === 0 ? undefined : new Date(Math.min(...ends));
}

function pemOf({ pem }: CertificateFacts): string {
  return pem;
}
