import type { Digest } from "../../../core/digest.ts";
import type { DistributionRequest, ManifestReference } from "../../../engines/oci/distribution/model.ts";
import { referenceText } from "../../../engines/oci/distribution/routes.ts";
import type { HttpFailure } from "../../../net/failure.ts";
import { headerOf } from "../../../net/raw-headers.ts";
import type { Decision, Grant, Refusal } from "../model.ts";
import { hasAlready, manifestAnswer, refusalAnswer, unavailable, warningHeaders } from "./answers.ts";
import { toClient, toEngine } from "./forwarded.ts";
import { inTime, record, refusalOf } from "./judge.ts";
import type { Asked, ProxyOptions } from "./options.ts";
import { type OwnUploads, ownUpload } from "./own-uploads.ts";

type Kind<K extends DistributionRequest["kind"]> = Extract<DistributionRequest, { kind: K }>;

/** Whether what is another registry's is here, and let through; of our own repositories there is nothing to see to. */
export async function ensured(
  asked: Asked,
  { upstreams, pullMilliseconds, onError }: ProxyOptions,
  {
    repository,
    ...wanted
  }: { readonly repository: string } & ({ readonly reference: ManifestReference } | { readonly blob: Digest }),
): Promise<Decision | undefined> {
  if (upstreams.of(repository) === undefined) return undefined;
  const { identity, now, request } = asked;
  const about = { repository, principal: identity.principal, now };
  const judge = (deadline: AbortSignal) =>
    "blob" in wanted
      ? upstreams.blob({ ...about, digest: wanted.blob, deadline })
      : upstreams.ensure({ ...about, reference: wanted.reference, deadline });
  return await inTime(judge, pullMilliseconds(), request.gone, onError);
}

export async function pullManifest(asked: Asked, options: ProxyOptions, wanted: Kind<"manifest">): Promise<void> {
  const { request, identity, now } = asked;
  const { repository, reference } = wanted;
  const about = { repository, reference: referenceText(reference) };
  const fetched = await ensured(asked, options, { repository, reference });
  const missing = fetched === undefined ? undefined : refusalOf(fetched);
  if (fetched !== undefined && missing !== undefined) {
    record(asked, options, fetched, about);
    return request.answer(refusalAnswer(missing));
  }
  // What another registry's tag named when it was let through: by now it may name something else.
  const judged = fetched?.digest === undefined ? reference : { digest: fetched.digest };
  const decision = await inTime(
    (deadline) =>
      options.pull.manifest({ repository, reference: judged, principal: identity.principal, now, deadline }),
    options.pullMilliseconds(),
    request.gone,
    options.onError,
  );
  record(asked, options, decision, about);
  const refusal = refusalOf(decision);
  if (refusal !== undefined) return request.answer(refusalAnswer(refusal));
  const manifest = "manifest" in decision ? decision.manifest : undefined;
  if (manifest === undefined) return request.answer(refusalAnswer(unknownManifest(about)));
  const warned =
    fetched === undefined ? decision : { ...decision, warnings: [...fetched.warnings, ...decision.warnings] };
  const answer = manifestAnswer(manifest, warned);
  // HEAD is the same answer: the gateway leaves its body out.
  if (hasAlready(headerOf(request.headers, "if-none-match"), manifest.digest)) {
    return request.answer({ status: 304, ...(answer.headers === undefined ? {} : { headers: answer.headers }) });
  }
  request.answer(answer);
}

export function unknownManifest({ repository, reference }: { repository: string; reference: string }): Refusal {
  return { status: 404, code: "MANIFEST_UNKNOWN", message: `${repository} has no manifest ${reference}` };
}

export async function pullBlob(
  asked: Asked,
  options: ProxyOptions,
  uploads: OwnUploads,
  wanted: Kind<"blob">,
): Promise<void> {
  const { request, route, identity, now } = asked;
  const { repository, digest } = wanted;
  // Whoever pushes asks what is there already, of blobs that no manifest names yet: that it is there is all they are told.
  const isAskedForPush = request.method === "HEAD" && mayPush(identity.grants, repository);
  let warnings: readonly string[] = [];
  if (!isAskedForPush) {
    const fetched = await ensured(asked, options, { repository, blob: digest });
    const missing = fetched === undefined ? undefined : refusalOf(fetched);
    if (fetched !== undefined && missing !== undefined) {
      record(asked, options, fetched, { repository, reference: digest });
      return request.answer(refusalAnswer(missing));
    }
    const judged = await inTime(
      (deadline) => options.pull.blob({ repository, digest, principal: identity.principal, now, deadline }),
      options.pullMilliseconds(),
      request.gone,
      options.onError,
    );
    const isOwn = judged.refusal?.code === "BLOB_UNKNOWN" && uploads.has(identity.principal, repository, digest, now);
    const decision = isOwn ? ownUpload : judged;
    record(asked, options, decision, { repository, reference: digest });
    const refusal = refusalOf(decision);
    if (refusal !== undefined) return request.answer(refusalAnswer(refusal));
    warnings = decision.warnings;
  }
  await through(asked, options, route.path, [{ repository, actions: ["pull"] }], { warnings });
}

function mayPush(grants: readonly Grant[], repository: string): boolean {
  return grants.some((grant) => grant.repository === repository && grant.actions.includes("push"));
}

/** Sends a request on to the engine and its answer back. */
export async function through(
  { request, operation }: Asked,
  { upstream, tokens, onAnswered }: ProxyOptions,
  path: string,
  grants: readonly Grant[],
  more: {
    readonly warnings?: readonly string[];
    readonly catalog?: boolean;
    readonly headers?: readonly string[];
    readonly silenceMilliseconds?: number;
    readonly mostBytes?: number;
  } = {},
): Promise<number> {
  const { warnings = [], catalog = false, headers = [], silenceMilliseconds, mostBytes } = more;
  const passed = await request.pass(
    upstream,
    {
      method: request.method,
      path,
      headers: [...toEngine(request, tokens?.authorization(grants, catalog)), ...headers],
      ...(silenceMilliseconds === undefined ? {} : { silenceMilliseconds }),
    },
    {
      ...(mostBytes === undefined ? {} : { mostBytes }),
      change(head) {
        const changed = toClient(head, upstream.origin, request);
        return { ...changed, headers: [...changed.headers, ...warningHeaders(warnings)] };
      },
    },
  );
  if (passed.outcome === "failed") {
    request.answer(refusalAnswer(engineFailure(passed.failure)));
    return 502;
  }
  if (passed.outcome === "too-large") {
    const message = `the blob is over the ${mostBytes} bytes that the policy permits`;
    request.answer(refusalAnswer({ status: 413, code: "SIZE_INVALID", message }));
    return 413;
  }
  onAnswered?.({ operation, status: passed.status, bytes: passed.bytes });
  return passed.status;
}

export function engineFailure(failure: HttpFailure): Refusal {
  return unavailable(`the registry's engine does not answer: ${failure.message}`);
}
