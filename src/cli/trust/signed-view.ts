/** What was signed, by whom, and where it went: as text and as JSON. */

import { withoutLogCommands } from "../../core/log-commands.ts";
import { parseJson } from "../../core/parse-json.ts";
import { printable } from "../../core/printable.ts";
import type { Problem } from "../../core/problem.ts";
import { signPredicateType } from "../../engines/trust/forms.ts";
import type { ImageSigned } from "../../engines/trust/signing/sign-image.ts";
import type { RunSigner } from "../../engines/trust/signing/signer.ts";

export interface SigningOutcome {
  readonly dryRun: boolean;
  readonly signer: RunSigner["kind"];
  readonly signed: readonly ImageSigned[];
  /** References that could not be signed, with what was signed of them before among `signed`. */
  readonly failures: readonly { readonly reference: string; readonly problem: Problem }[];
  /** Of provenance. */
  readonly level?: { readonly level: number; readonly reason: string };
}

export function signedText(outcome: SigningOutcome): string {
  const lines: string[] = [];
  const add = (name: string, value: string) => lines.push(`  ${name.padEnd(9)}${value}`);
  for (const [first, ...more] of byTarget(outcome.signed)) {
    const { target, made } = first;
    const platform = target.platform === undefined ? "" : ` (${target.platform})`;
    const isAttested = made.predicateType !== undefined && made.predicateType !== signPredicateType;
    const what = isAttested ? "attested" : "signed";
    lines.push(`${outcome.dryRun ? `not ${what} (dry run): ` : `${what} `}${nameOf(first)}${platform}`);
    if (isAttested) add("type", made.predicateType ?? "");
    add("as", signerText(first, outcome));
    for (const each of [first, ...more]) {
      const { form, entry, timestamp } = each.made;
      const { written } = each;
      if (written === undefined) add("form", form);
      else add("written", `${written.tag ?? written.manifest ?? ""} (${form})`);
      if (entry !== undefined) add("log", `entry ${entry.logIndex}${timeOf(entry.integratedTime)}`);
      if (timestamp !== undefined) add("time", `${timestamp.at.toISOString()} by a timestamp authority`);
    }
    if (made.credential.certificate?.isLogged === false) {
      add("note", "the certificate does not embed its log entry; verifiers that require one will refuse it");
    }
  }
  if (outcome.level !== undefined) lines.push(`SLSA build level ${outcome.level.level}: ${outcome.level.reason}`);
  return lines.map((line) => `${printable(line)}\n`).join("");
}

/** All forms of one image stand together. */
function byTarget(signed: readonly ImageSigned[]): [ImageSigned, ...ImageSigned[]][] {
  const groups = new Map<string, [ImageSigned, ...ImageSigned[]]>();
  for (const each of signed) {
    const group = groups.get(nameOf(each));
    if (group === undefined) groups.set(nameOf(each), [each]);
    else group.push(each);
  }
  return [...groups.values()];
}

function nameOf({ target }: ImageSigned): string {
  return `${target.repository}@${target.digest}`;
}

function signerText({ made: { credential } }: ImageSigned, { signer }: SigningOutcome): string {
  const { key, certificate } = credential;
  if (certificate?.issuer !== undefined) return `${certificate.identity} (issuer ${certificate.issuer})`;
  if (certificate !== undefined) return `certificate ${certificate.identity}`;
  return signer === "identity" ? "the identity of the token" : `key ${key.fingerprint} (${key.name})`;
}

function timeOf(seconds: string): string {
  return seconds === "0" ? "" : `, ${new Date(Number(seconds) * 1_000).toISOString()}`;
}

export const signingSchema = "bulkhead/signing/v1";

export function signedJson(outcome: SigningOutcome): string {
  const document = {
    schema: signingSchema,
    dryRun: outcome.dryRun,
    ...(outcome.level === undefined ? {} : { slsa: outcome.level }),
    signed: outcome.signed.map((signed) => jsonOf(signed, outcome)),
    failures: outcome.failures.map(({ reference, problem: { kind, code, place, message, remedy } }) => ({
      ...{ reference, kind, code, place, cause: message, remedy },
    })),
  };
  return withoutLogCommands(`${JSON.stringify(document, undefined, 2)}\n`);
}

function jsonOf(signed: ImageSigned, { signer, dryRun }: SigningOutcome): object {
  const { target, made, written } = signed;
  const { entry, timestamp, credential, predicateType } = made;
  const { certificate, key } = credential;
  const identity =
    certificate === undefined
      ? {}
      : { identity: certificate.identity, issuer: certificate.issuer, notAfter: certificate.notAfter.toISOString() };
  return {
    reference: nameOf(signed),
    digest: target.digest,
    platform: target.platform,
    form: made.form,
    predicateType,
    signer:
      signer === "identity"
        ? { kind: signer, ...identity }
        : { kind: signer, name: key.name, fingerprint: key.fingerprint, ...identity },
    written,
    log:
      entry === undefined
        ? undefined
        : { index: entry.logIndex, id: entry.logId.toString("hex"), kind: `${entry.kind} ${entry.version}` },
    timestamp: timestamp?.at.toISOString(),
    // What would be signed, to be looked at before it is.
    content: dryRun ? contentOf(signed) : undefined,
  };
}

function contentOf({ made: { envelope } }: ImageSigned): unknown {
  if (envelope.kind === "simple-signing") return parseJson(Buffer.from(envelope.payload).toString());
  if (envelope.kind !== "bundle" && envelope.kind !== "dsse") return undefined;
  const document = parseJson(Buffer.from(envelope.bytes).toString()) as {
    readonly payload?: string;
    readonly dsseEnvelope?: { readonly payload: string };
  };
  return parseJson(Buffer.from(document.dsseEnvelope?.payload ?? document.payload ?? "", "base64").toString());
}
