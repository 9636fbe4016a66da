/** Asks a runtime of Kubernetes on its socket (CRI: k8s.io/cri-api, `runtime.v1.RuntimeService`), its failures in our words. */
import { Problem } from "../../../core/problem.ts";
import { HttpFailure } from "../../../net/failure.ts";
import { type GrpcAnswer, openGrpc } from "../../../net/grpc.ts";
import { bounds } from "./bounds.ts";

export interface CriApi {
  /**
   * The answer's message; undefined where the runtime knows no such container or sandbox, or no such method.
   *
   * @param method - `ContainerStatus`
   * @throws Problem `events.container-runtime`, `events.container-answer`; the signal's reason
   */
  call(method: string, message: Buffer, signal: AbortSignal): Promise<Buffer | undefined>;
  /** Messages until the runtime or the signal ends it. @throws as call */
  follow(method: string, signal: AbortSignal): AsyncGenerator<Buffer, void, void>;
  close(): void;
}

const NOT_FOUND = 5;
/** Docker brings a containerd without the part that Kubernetes speaks to; older runtimes have no events. */
const UNIMPLEMENTED = 12;

export function openCriApi(socket: string, place: string, stallMilliseconds: number): CriApi {
  const client = openGrpc(socket, stallMilliseconds);
  const pathOf = (method: string) => `/runtime.v1.RuntimeService/${method}`;
  return {
    async call(method, message, signal) {
      try {
        const answer = await client.call(pathOf(method), message, { limit: bounds.messageBytes, signal });
        if (answer.status === NOT_FOUND || answer.status === UNIMPLEMENTED) return undefined;
        if (answer.status !== 0) throw refused(answer, method, place);
        return answer.message;
      } catch (error) {
        throw inOurWords(error, place);
      }
    },
    async *follow(method, signal) {
      try {
        const messages = client.stream(pathOf(method), Buffer.alloc(0), { limit: bounds.messageBytes, signal });
        for (;;) {
          const next = await messages.next();
          if (next.done !== true) yield next.value;
          else if (next.value.status === 0 || next.value.status === UNIMPLEMENTED) return;
          else throw refused(next.value, method, place);
        }
      } catch (error) {
        throw inOurWords(error, place);
      }
    },
    close: client.close,
  };
}

function refused({ status, words }: GrpcAnswer, method: string, place: string): Problem {
  return new Problem({
    kind: "unavailable",
    code: "events.container-answer",
    place,
    cause: `the container runtime refuses ${method} (gRPC status ${status}): ${words.slice(0, 300)}`,
  });
}

function inOurWords(error: unknown, place: string): unknown {
  if (!(error instanceof HttpFailure)) return error;
  const answered = error.reason === "answer" || error.reason === "too-large";
  return new Problem(
    {
      kind: answered ? "input" : "unavailable",
      code: answered ? "events.container-answer" : "events.container-runtime",
      place,
      cause: `the container runtime ${answered ? "answered" : "cannot be reached"}: ${error.message}`,
    },
    { cause: error },
  );
}
