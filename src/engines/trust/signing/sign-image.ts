/** One reference signed or attested: what it names, each manifest of it in each form, and where that went. */
import type { ImageReference } from "../../oci/reference.ts";
import { openRegistry, type RegistryOptions } from "../../oci/registry/client.ts";
import { type Attached, attachSignature, type NewSignature } from "../attach.ts";
import { type AttestForm, type MadeSignature, makeSignature, type Signed, type SignForm } from "./make.ts";
import type { Services } from "./service.ts";
import type { RunSigner, Witnesses } from "./signer.ts";
import { type SigningTarget, signingTargets } from "./targets.ts";

export interface SigningRun {
  readonly forms: readonly (SignForm | AttestForm)[];
  readonly recursive: boolean;
  /** Signs, and writes nothing: not to a registry, and not to a log. */
  readonly dryRun: boolean;
  readonly signer: RunSigner;
  readonly witnesses: Witnesses;
  readonly services: Services;
  readonly registry: RegistryOptions;
  /** Of the signatures, to the second. */
  readonly now: Date;
}

export interface ImageSigned {
  readonly target: SigningTarget;
  readonly made: MadeSignature;
  /** Absent of a dry run. */
  readonly written?: Attached;
}

/** What is signed of a target: the same for all, but that provenance may name what only its manifest says. */
export type Content = (target: SigningTarget) => Promise<Signed>;

/**
 * Yields each signature once it is where it belongs, so that what was done before a failure is known.
 *
 * @throws Problem of the registry, of a service, of what signs
 */
export async function* signImage(
  reference: ImageReference,
  content: Content,
  run: SigningRun,
): AsyncGenerator<ImageSigned> {
  const client = openRegistry(reference, run.registry);
  try {
    const targets = await signingTargets(reference, client, run.recursive);
    // Each is an entry in a public log, too: nothing of a dry run may get there.
    const witnesses = run.dryRun ? {} : run.witnesses;
    // What does not fit one of them is seen before any is written.
    const contents: Signed[] = [];
    for (const target of targets) contents.push(await content(target));
    for (const [at, target] of targets.entries()) {
      const signed = contents[at] as Signed;
      for (const form of run.forms) {
        const made = await makeSignature(form, target, signed, run.signer, witnesses, run.services);
        if (run.dryRun) yield { target, made };
        else
          yield {
            target,
            made,
            written: await attachSignature(reference, target, storedOf(made, run.now), run.registry),
          };
      }
    }
  } finally {
    client.close();
  }
}

function storedOf({ form, envelope, predicateType }: MadeSignature, now: Date): NewSignature {
  const created = `${now.toISOString().slice(0, 19)}Z`;
  return { form, envelope, created, ...(predicateType === undefined ? {} : { predicateType }) };
}
