/** Writing: manifests are read whole, judged, and sent on from what was read; uploads go through as streams. */
import { digestAlgorithm } from "../../../core/digest.ts";
import { Problem } from "../../../core/problem.ts";
import { isObject } from "../../../core/untyped.ts";
import type { DistributionRequest, ManifestReference } from "../../../engines/oci/distribution/model.ts";
import { referenceText } from "../../../engines/oci/distribution/routes.ts";
import { HttpFailure } from "../../../net/failure.ts";
import type { GatewayAnswer } from "../../../net/gateway-model.ts";
import { headerOf } from "../../../net/raw-headers.ts";
import type { UpstreamDocument } from "../../../net/upstream-model.ts";
import type { Decision, Identity, PushGate, Refusal, StoredManifest } from "../model.ts";
import { refusalAnswer, unavailable, warningHeaders } from "./answers.ts";
import { bounds } from "./bounds.ts";
import { bareType, digestOf, manifestPath, parsed } from "./engine.ts";
import { readAnswer, toEngine } from "./forwarded.ts";
import { inTime, record, refusalOf } from "./judge.ts";
import type { Asked, ProxyOptions } from "./options.ts";
import type { OwnUploads } from "./own-uploads.ts";
import { engineFailure, through } from "./pulls.ts";
import { type ReferrerLists, subjectOf } from "./referrers.ts";

type Kind<K extends DistributionRequest["kind"]> = Extract<DistributionRequest, { kind: K }>;
type Wanted = Kind<"manifest">;

/** The tag that stands in for a list of referrers: its writers take turns with the guard's own writing of it. */
const LIST_TAG = /^sha(?:256|512)-[0-9a-f]{64}$/;

export async function pushManifest(
  asked: Asked,
  options: ProxyOptions,
  lists: ReferrerLists,
  wanted: Wanted,
): Promise<void> {
  const { request, identity, now } = asked;
  const { repository, reference } = wanted;
  const about = { repository, reference: referenceText(reference) };
  const body = await request.receive(bounds.manifestBytes);
  if (body === "gone") return;
  if (body === "no-room")
    return request.answer(refusalAnswer(unavailable("too many manifests are being received", 503)));
  if (body === "too-large") {
    const message = `the manifest is over ${bounds.manifestBytes} bytes`;
    return request.answer(refusalAnswer({ status: 413, code: "SIZE_INVALID", message }));
  }
  const manifest = receivedManifest(body, headerOf(request.headers, "content-type"), reference);
  if ("code" in manifest) return request.answer(refusalAnswer(manifest));
  const decision: Awaited<ReturnType<PushGate["manifest"]>> = await inTime(
    () =>
      options.push.manifest({
        repository,
        reference,
        manifest,
        principal: identity.principal,
        grants: identity.grants,
        now,
      }),
    bounds.pushMilliseconds,
    request.gone,
    options.onError,
  );
  record(asked, options, { digest: manifest.digest, ...decision }, about);
  const refusal = refusalOf(decision);
  if (refusal !== undefined) return request.answer(refusalAnswer(refusal));
  const { outcome, answer } = await stored(asked, options, lists, manifest, wanted);
  try {
    await decision.end?.(outcome);
  } catch (error) {
    options.onError(error);
  }
  const warned = [...(answer.headers ?? []), ...warningHeaders(decision.warnings)];
  request.answer({ ...answer, headers: warned });
}

/** What came, held against what it is said to be. */
function receivedManifest(
  bytes: Buffer,
  contentType: string | undefined,
  reference: ManifestReference,
): StoredManifest | Refusal {
  const document = parsed(bytes);
  if (!isObject(document))
    return { status: 400, code: "MANIFEST_INVALID", message: "the manifest is not a JSON object" };
  const asked = "digest" in reference ? reference.digest : undefined;
  const digest = digestOf(bytes, asked === undefined ? "sha256" : digestAlgorithm(asked));
  if (asked !== undefined && digest !== asked) {
    return { status: 400, code: "DIGEST_INVALID", message: `the manifest has the digest ${digest}, not ${asked}` };
  }
  const own = typeof document.mediaType === "string" ? document.mediaType : "";
  const mediaType = bareType(contentType) || own.toLowerCase();
  if (!MEDIA_TYPE.test(mediaType)) {
    return { status: 400, code: "MANIFEST_INVALID", message: "the manifest has no media type (send Content-Type)" };
  }
  if (own !== "" && own !== mediaType) {
    const message = "the manifest is sent as another media type than it names";
    return { status: 400, code: "MANIFEST_INVALID", message };
  }
  return { digest, mediaType, bytes };
}

/** RFC 6838, section 4.2. */
const MEDIA_TYPE = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,126}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}$/;

interface Stored {
  readonly outcome: "stored" | "failed";
  readonly answer: GatewayAnswer;
}

async function stored(
  asked: Asked,
  options: ProxyOptions,
  lists: ReferrerLists,
  manifest: StoredManifest,
  { repository, reference }: Wanted,
): Promise<Stored> {
  const put = () => putManifest(asked, options, manifest, repository, reference);
  const tag = "tag" in reference ? reference.tag : "";
  const done = LIST_TAG.test(tag) ? await lists.alone(repository, tag, put) : await put();
  if (done instanceof Problem) {
    return { outcome: "failed", answer: refusalAnswer(unavailable(`not stored: ${done.message}`, 503)) };
  }
  const { outcome, answer, isListed } = done;
  const subject = subjectOf(parsed(manifest.bytes));
  if (outcome === "failed" || subject === undefined || isListed) return { outcome, answer };
  const fault = await lists.add(repository, subject, manifest);
  if (fault !== undefined) {
    // It is there, and its subject does not know of it: the client comes again, and then it does.
    const message = `stored, and not listed with its subject: ${fault.message} (push it again)`;
    return { outcome, answer: refusalAnswer(unavailable(message, 503)) };
  }
  return { outcome, answer: { ...answer, headers: [...(answer.headers ?? []), "OCI-Subject", subject] } };
}

async function putManifest(
  { request }: Asked,
  { upstream, tokens, engine }: ProxyOptions,
  manifest: StoredManifest,
  repository: string,
  reference: ManifestReference,
): Promise<Stored & { readonly isListed: boolean }> {
  const authorization = tokens?.authorization([{ repository, actions: ["pull", "push"] }]);
  let answer: UpstreamDocument;
  try {
    answer = await upstream.ask(
      {
        method: "PUT",
        path: manifestPath(repository, reference),
        headers: [...toEngine(request, authorization), "Content-Type", manifest.mediaType],
        body: manifest.bytes,
        silenceMilliseconds: bounds.storingMilliseconds,
      },
      { maxBytes: bounds.answerBytes },
    );
  } catch (error) {
    if (!(error instanceof HttpFailure)) throw error;
    // Nobody knows whether it was stored: what the engine has now tells, and where it does not, it may have been.
    const there = await engine.manifest(repository, reference);
    const isThere = there instanceof Problem ? error.reason !== "unreachable" : there?.digest === manifest.digest;
    return { outcome: isThere ? "stored" : "failed", answer: refusalAnswer(engineFailure(error)), isListed: false };
  }
  const passed = readAnswer(answer, upstream.origin, request);
  if (answer.status < 200 || answer.status > 299) return { outcome: "failed", answer: passed, isListed: false };
  const digest = headerOf(answer.headers, "docker-content-digest");
  if (digest !== undefined && digest !== manifest.digest) {
    const message = "the registry's engine stored other bytes than were sent";
    return { outcome: "stored", answer: refusalAnswer(unavailable(message)), isListed: true };
  }
  return { outcome: "stored", answer: passed, isListed: headerOf(answer.headers, "oci-subject") !== undefined };
}

export async function remove(
  asked: Asked,
  options: ProxyOptions,
  lists: ReferrerLists,
  wanted: Wanted | Kind<"blob">,
): Promise<void> {
  const { request, identity, now } = asked;
  const { repository } = wanted;
  const target = wanted.kind === "blob" ? { blob: wanted.digest } : wanted.reference;
  const name = "blob" in target ? target.blob : referenceText(target);
  const decision: Awaited<ReturnType<PushGate["remove"]>> = await inTime(
    () => options.push.remove({ repository, target, principal: identity.principal, grants: identity.grants, now }),
    bounds.pushMilliseconds,
    request.gone,
    options.onError,
  );
  record(asked, options, decision, { repository, reference: name });
  const refusal = refusalOf(decision);
  if (refusal !== undefined) return request.answer(refusalAnswer(refusal));
  const { engine } = options;
  // Read before it is gone: whose list it stands in.
  const gone = "digest" in target ? await engine.manifest(repository, target) : undefined;
  const { status, answer } = await removed(asked, options, repository);
  const isRemoved = status > 199 && status < 300;
  try {
    await decision.end?.(isRemoved ? "removed" : "failed");
  } catch (error) {
    options.onError(error);
  }
  if (gone !== undefined && !(gone instanceof Problem) && isRemoved) {
    const subject = subjectOf(parsed(gone.bytes));
    const fault = subject === undefined ? undefined : await lists.remove(repository, subject, gone.digest);
    // What it leads to is gone, which whoever follows it finds out.
    if (fault !== undefined) options.onError(fault);
  }
  request.answer({ ...answer, headers: [...(answer.headers ?? []), ...warningHeaders(decision.warnings)] });
}

async function removed(
  { request, route }: Asked,
  { upstream, tokens }: ProxyOptions,
  repository: string,
): Promise<{ readonly status: number; readonly answer: GatewayAnswer }> {
  const authorization = tokens?.authorization([{ repository, actions: ["pull", "delete"] }]);
  try {
    const answer = await upstream.ask(
      { method: "DELETE", path: route.path, headers: toEngine(request, authorization) },
      { maxBytes: bounds.answerBytes },
    );
    return { status: answer.status, answer: readAnswer(answer, upstream.origin, request) };
  } catch (error) {
    if (!(error instanceof HttpFailure)) throw error;
    return { status: 502, answer: refusalAnswer(engineFailure(error)) };
  }
}

export async function upload(
  asked: Asked,
  options: ProxyOptions,
  uploads: OwnUploads,
  wanted: Kind<"upload">,
): Promise<void> {
  const { request, identity, now, route } = asked;
  const { repository, mount } = wanted;
  const grants = [{ repository, actions: ["pull", "push"] }] as const;
  // The end of an upload is the engine's to check, whatever its length: it may be silent over it.
  const how = {
    headers: ["Content-Type", "application/octet-stream"],
    silenceMilliseconds: bounds.storingMilliseconds,
  };
  if (request.method === "GET" || request.method === "HEAD" || request.method === "DELETE") {
    await through(asked, options, route.path + route.query, grants, how);
    return;
  }
  const bytes = bytesOf(asked);
  const decision: Decision & { readonly mounts?: boolean; readonly mostBytes?: number } = await inTime(
    () =>
      options.push.upload({
        repository,
        principal: identity.principal,
        grants: identity.grants,
        now,
        ...(bytes === undefined ? {} : { bytes }),
        ...(mount === undefined ? {} : { mount }),
      }),
    bounds.pushMilliseconds,
    request.gone,
    options.onError,
  );
  const about = mount === undefined ? {} : { reference: mount.digest };
  record(asked, options, decision, { repository, ...about });
  const refusal = refusalOf(decision);
  if (refusal !== undefined) return request.answer(refusalAnswer(refusal));
  // An engine that looks for the blob wherever it is would mount what nobody has judged.
  // What one has just uploaded elsewhere may as well be mounted as uploaded again.
  const isMounted =
    mount?.from !== undefined &&
    (decision.mounts === true ||
      (mayPull(identity, mount.from) && uploads.has(identity.principal, mount.from, mount.digest, now)));
  const mounting = isMounted ? `mount=${mount.digest}&from=${encodeURIComponent(mount.from)}` : "";
  const query = [route.query.slice(1), mounting].filter((each) => each !== "").join("&");
  const source = isMounted ? [{ repository: mount.from, actions: ["pull"] } as const] : [];
  const status = await through(asked, options, route.path + (query === "" ? "" : `?${query}`), [...grants, ...source], {
    ...how,
    warnings: decision.warnings,
    ...(decision.mostBytes === undefined ? {} : { mostBytes: decision.mostBytes }),
  });
  const digest = isMounted ? mount.digest : wanted.digest;
  if (status === 201 && digest !== undefined) uploads.add(identity.principal, repository, digest, now);
}

export function mayPull({ grants }: Identity, repository: string): boolean {
  return grants.some((grant) => grant.repository === repository && grant.actions.includes("pull"));
}

/** Of the whole blob, as far as the request tells. */
function bytesOf({ request, route }: Asked): number | undefined {
  const range = /^(?:bytes[ =])?([0-9]{1,15})-([0-9]{1,15})$/.exec(headerOf(request.headers, "content-range") ?? "");
  if (range?.[2] !== undefined) return Number(range[2]) + 1;
  const isBeginning = route.request.kind === "upload" && route.request.session === undefined;
  return request.length === undefined || (isBeginning && request.length === 0) ? undefined : request.length;
}
