/** Alerts to a URL: one POST each, signed, tried again, in order. */
import { createHmac, randomUUID } from "node:crypto";
import { bytesOf } from "../../../net/body.ts";
import { createHttpClient, type HttpAnswer } from "../../../net/client.ts";
import { HttpFailure } from "../../../net/failure.ts";
import { parseRetryAfter } from "../../../net/retry.ts";
import { bounds } from "./bounds.ts";
import { createQueue, type Queue, type QueueOptions, type Sent } from "./queue.ts";

export interface WebhookOptions extends Pick<QueueOptions, "onState" | "first" | "most" | "waiting"> {
  readonly url: URL;
  readonly secret?: string;
  readonly authorities?: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * `t=SECONDS,v1=HEX`: HMAC-SHA256 by the secret over `SECONDS.DELIVERY.BODY`. Who checks it refuses times that are minutes off,
 * and deliveries that came before: then nothing can be sent again by who listens.
 */
export function signatureOf(secret: string, seconds: number, delivery: string, body: string): string {
  const mac = createHmac("sha256", secret).update(`${seconds}.${delivery}.${body}`).digest("hex");
  return `t=${seconds},v1=${mac}`;
}

export function openWebhook(options: WebhookOptions): Queue {
  const { url, secret, authorities, now } = options;
  const client = createHttpClient({
    stallMilliseconds: bounds.answerMilliseconds,
    ...(authorities === undefined ? {} : { moreAuthorities: authorities }),
  });
  /** The same for each try: who got it and could not say so knows it again. */
  let delivery = { of: "", id: "" };

  async function send(body: string, signal: AbortSignal): Promise<Sent> {
    if (delivery.of !== body) delivery = { of: body, id: randomUUID() };
    const seconds = Math.floor(now() / 1_000);
    const { id } = delivery;
    const signed = secret === undefined ? {} : { "bulkhead-signature": signatureOf(secret, seconds, id, body) };
    const headers = { "content-type": "application/json; charset=utf-8", "bulkhead-delivery": id, ...signed };
    let answer: HttpAnswer;
    try {
      answer = await client.send({ url, method: "POST", headers, body }, signal);
      await readOff(answer, signal);
    } catch (error) {
      if (!(error instanceof HttpFailure) && !signal.aborted) throw error;
      return { kind: "again", why: signal.aborted ? "ended" : (error as Error).message };
    }
    const result = resultOf(answer, now());
    // The next one may say the same and is another.
    if (result.kind !== "again") delivery = { of: "", id: "" };
    return result;
  }

  const queue = createQueue({ ...options, send });
  return {
    ...queue,
    async close(milliseconds) {
      await queue.close(milliseconds);
      client.close();
    },
  };
}

/** So that the connection can be used again. What is said there is nobody's concern, and a long one is cut off. */
async function readOff(answer: HttpAnswer, signal: AbortSignal): Promise<void> {
  const { answerBytes: limit, answerMilliseconds: milliseconds } = bounds;
  try {
    await bytesOf(answer, { limit, stallMilliseconds: milliseconds, milliseconds, signal });
  } catch (error) {
    if (!(error instanceof HttpFailure) || error.reason === "broken") throw error;
  }
}

function resultOf({ status, headers }: HttpAnswer, now: number): Sent {
  if (status >= 200 && status < 300) return { kind: "sent" };
  const why = `answered with ${status}`;
  if (status !== 408 && status !== 425 && status !== 429 && status < 500) return { kind: "refused", why };
  const asked = parseRetryAfter(headers["retry-after"], now);
  return {
    kind: "again",
    why,
    ...(asked === undefined ? {} : { after: Math.min(asked, bounds.retryAfterSeconds * 1_000) }),
  };
}
