/**
 * Whose request opened the session of an alert. A request is a candidate where pod, container, command and time fit; where
 * several are, each is named: which one it was, nothing tells.
 */
import type { Alert, ContainerSession, KubernetesUser, Nanoseconds } from "../model.ts";
import type { SessionRequest, SessionRequests } from "./session-requests.ts";

const SECOND = 1_000_000_000n;

/** How far the clocks of API server and node may be apart, at most. */
const SKEW = 2n * SECOND;

/**
 * Until the runtime has started the program, at most: from the request, or from when the API server had answered it, which is
 * before the client opens the streams that the runtime waits for.
 */
const START = 15n * SECOND;

/** Bytes of arguments up to which sources record them whole. */
const WHOLE_ARGUMENTS = 4_000;

/** Most that one alert names. */
const MOST_USERS = 20;

/** The alert with the users who may have opened its session; as it is where none fits. */
export function joinUsers(alert: Alert, requests: Pick<SessionRequests, "of" | "podOf">): Alert {
  const users = usersOf(alert, requests);
  return users.length === 0 ? alert : { ...alert, kubernetesUsers: users };
}

function usersOf({ session, about, first }: Alert, requests: Pick<SessionRequests, "of" | "podOf">): KubernetesUser[] {
  if (session === undefined) return [];
  const uid = about.pod?.uid ?? session.podUid;
  const pod = about.pod ?? (uid === undefined ? undefined : requests.podOf(uid));
  if (pod === undefined) return [];
  const users: KubernetesUser[] = [];
  for (const request of requests.of(pod.namespace, pod.name)) {
    if (!isOfContainer(request, about.container?.name)) continue;
    const fits = request.kind === "exec" ? startedBy(request, session) : attachedTo(request, session, first);
    if (fits && users.length < MOST_USERS) users.push(request.user);
  }
  return users;
}

/** Where one of the two is not known, nothing speaks against it. */
function isOfContainer({ container }: SessionRequest, name: string | undefined): boolean {
  return container === undefined || name === undefined || container === name;
}

function startedBy(request: SessionRequest, { isMain, started, command }: ContainerSession): boolean {
  if (isMain || started === undefined || !isCommand(request.command, command)) return false;
  const { received, opened, ended } = request;
  if (started < received - SKEW || started > (opened ?? received) + START + SKEW) return false;
  return ended === undefined || started <= ended + SKEW;
}

/** Runtimes execute what was asked for as it stands. */
function isCommand(asked: readonly string[], seen: readonly string[]): boolean {
  const want = asked.join("\0");
  const have = seen.join("\0");
  if (want === have) return asked.length > 0;
  return have.length >= WHOLE_ARGUMENTS && want.startsWith(have);
}

/** Who is attached types into the main process. */
function attachedTo({ received, ended }: SessionRequest, { isMain }: ContainerSession, time: Nanoseconds): boolean {
  return isMain && time >= received - SKEW && (ended === undefined || time <= ended + SKEW);
}
