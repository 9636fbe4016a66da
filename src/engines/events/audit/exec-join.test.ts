import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Untyped } from "../../../core/untyped.ts";
import { bounds } from "../bounds.ts";
import type { Alert, AlertSubject, ContainerSession } from "../model.ts";
import { auditEventOf } from "./audit.fixture.ts";
import { joinUsers } from "./exec-join.ts";
import { createSessionRequests, type SessionRequests } from "./session-requests.ts";

const SECOND = 1_000_000_000n;
/** 2026-03-01T12:00:00Z, at which each request comes. */
const NOON = 1772366400n * SECOND;

const podUid = "0f8b5a4e-1111-4222-8333-444455556666";

const bash: ContainerSession = { pid: 20, isMain: false, command: ["bash", "-i"], started: NOON + SECOND };

function alertOf(session: ContainerSession | undefined, about: AlertSubject = {}, first = NOON + 60n * SECOND): Alert {
  return {
    rule: "Terminal shell in container",
    detector: "bulkhead",
    priority: "NOTICE",
    severity: "low",
    source: "syscall",
    tags: [],
    output: "",
    fields: {},
    count: 1,
    first,
    last: first,
    subject: "",
    about: { container: { id: "34df", name: "api" }, pod: { namespace: "shop", name: "api-7f9c" }, ...about },
    ...(session === undefined ? {} : { session }),
  };
}

let id = 0;

/** Audit events of one request, at one stage. */
function asked(user: string, query = "command=bash&command=-i&container=api", changes: Untyped = {}, kind = "exec") {
  id += 1;
  return auditEventOf({
    auditID: `a-${id}`,
    stage: "ResponseStarted",
    verb: "create",
    user: { username: user },
    requestURI: `/api/v1/namespaces/shop/pods/api-7f9c/${kind}?${query}`,
    objectRef: { resource: "pods", subresource: kind, namespace: "shop", name: "api-7f9c" },
    responseStatus: { code: 101 },
    ...changes,
  });
}

function requestsOf(...events: ReturnType<typeof asked>[]): SessionRequests {
  const requests = createSessionRequests();
  for (const event of events) requests.add(event);
  return requests;
}

function users(requests: SessionRequests, alert: Alert): string[] {
  return (joinUsers(alert, requests).kubernetesUsers ?? []).map(({ name }) => name);
}

describe("the user behind a session", () => {
  test("is who asked for that command in that container at that time", () => {
    const requests = requestsOf(asked("alice"));
    assert.deepEqual(joinUsers(alertOf(bash), requests).kubernetesUsers, [
      { name: "alice", request: "pods/exec", auditId: `a-${id}`, time: NOON },
    ]);
    const others: Alert[] = [
      alertOf(undefined),
      alertOf({ ...bash, isMain: true }),
      alertOf({ ...bash, command: ["bash"] }),
      alertOf({ ...bash, command: [] }),
      alertOf({ ...bash, started: NOON - 3n * SECOND }),
      alertOf({ ...bash, started: NOON + 30n * SECOND }),
      alertOf(bash, { container: { id: "34df", name: "log" } }),
      alertOf(bash, { pod: { namespace: "shop", name: "web-1" } }),
      alertOf(bash, { pod: { namespace: "test", name: "api-7f9c" } }),
    ];
    for (const alert of others) assert.equal(joinUsers(alert, requests), alert);
  });

  test("is named with whom they acted as, and by whichever protocol", () => {
    const impersonating = asked("alice", undefined, { impersonatedUser: { username: "admin" }, verb: "get" });
    const [user] = joinUsers(alertOf(bash), requestsOf(impersonating)).kubernetesUsers ?? [];
    assert.deepEqual([user?.name, user?.actingAs], ["alice", "admin"]);
  });

  test("is each who may have, where several fit", () => {
    const requests = requestsOf(
      asked("alice"),
      asked("bob"),
      asked("carol", "command=sh"),
      asked("dan", "command=bash&command=-i"),
    );
    assert.deepEqual(users(requests, alertOf(bash)), ["alice", "bob", "dan"]);
  });

  test("is nobody who was refused, or whose session was over", () => {
    const refused = asked("mallory", undefined, { responseStatus: { code: 403 } });
    const received = asked("eve", undefined, { stage: "RequestReceived", responseStatus: undefined });
    const failed = {
      ...received,
      json: { ...received.json, stage: "ResponseComplete", responseStatus: { code: 500 } },
    };
    const over = asked("carol", undefined, { stage: "ResponseComplete" });
    const late = alertOf({ ...bash, started: NOON + 10n * SECOND });
    assert.deepEqual(users(requestsOf(refused, received, failed), alertOf(bash)), []);
    assert.deepEqual(users(requestsOf(received), alertOf(bash)), ["eve"]);
    assert.deepEqual(users(requestsOf(over), late), []);
    assert.deepEqual(users(requestsOf(over), alertOf(bash)), ["carol"]);
  });

  test("keeps what one stage said where the next says less", () => {
    const started = asked("alice", undefined, {
      stageTimestamp: "2026-03-01T12:00:40Z",
      requestReceivedTimestamp: "2026-03-01T12:00:00Z",
    });
    const opened = { ...started, seconds: started.seconds + 40 };
    const ended = { ...opened, seconds: opened.seconds + 600, json: { ...started.json, stage: "ResponseComplete" } };
    // The server took its time to answer; the program started after it had.
    const alert = alertOf({ ...bash, started: NOON + 41n * SECOND });
    assert.deepEqual(users(requestsOf(opened), alert), ["alice"]);
    assert.deepEqual(users(requestsOf(opened, ended), alert), ["alice"]);
  });

  test("is found by the pod's UID where its name is not known", () => {
    const created = auditEventOf({
      verb: "create",
      objectRef: { resource: "pods", namespace: "shop" },
      responseObject: { metadata: { name: "api-7f9c", uid: podUid } },
    });
    const { pod: _, ...about } = alertOf(bash).about;
    const alert = { ...alertOf({ ...bash, podUid }), about };
    assert.deepEqual(users(requestsOf(asked("alice")), alert), []);
    assert.deepEqual(users(requestsOf(created, asked("alice")), alert), ["alice"]);
  });

  test("who is attached is joined to the main process, while they are", () => {
    const attach = asked("alice", "container=api&stdin=true", {}, "attach");
    const ended = { ...attach, seconds: attach.seconds + 30, json: { ...attach.json, stage: "ResponseComplete" } };
    const main = { ...bash, isMain: true };
    assert.deepEqual(users(requestsOf(attach), alertOf(main)), ["alice"]);
    assert.deepEqual(users(requestsOf(attach), alertOf(bash)), []);
    assert.deepEqual(users(requestsOf(attach, ended), alertOf(main)), []);
    assert.deepEqual(users(requestsOf(attach, ended), alertOf(main, {}, NOON + 20n * SECOND)), ["alice"]);
    assert.deepEqual(users(requestsOf(attach), alertOf(main, {}, NOON - 60n * SECOND)), []);
  });

  test("asked for words that are no ASCII, and more than a source records", () => {
    const long = "x".repeat(8_000);
    const words = ["sh", "-c", `ü ${long}`];
    const query = words.map((word) => `command=${encodeURIComponent(word)}`).join("&");
    const bytes = words.map((word) => Buffer.from(word).toString("latin1"));
    const whole = alertOf({ ...bash, command: bytes });
    const cut = alertOf({ ...bash, command: bytes.map((word) => word.slice(0, 4_090)) });
    const short = alertOf({ ...bash, command: bytes.map((word) => word.slice(0, 10)) });
    const requests = requestsOf(asked("alice", query));
    assert.deepEqual(
      [whole, cut, short].map((alert) => users(requests, alert)),
      [["alice"], ["alice"], []],
    );
  });
});

test("requests are remembered up to a limit, and those that were forgotten are counted", () => {
  const requests = createSessionRequests();
  for (let count = 0; count < bounds.sessionRequests + 5; count += 1) requests.add(asked(`user-${count}`));
  const some = [...requests.of("shop", "api-7f9c")];
  assert.equal(some.length, bounds.sessionRequests);
  assert.equal(some[0]?.user.name, "user-5");
  assert.equal(requests.evicted, 5);
  assert.equal(joinUsers(alertOf(bash), requests).kubernetesUsers?.length, 20);
});

test("other requests open no session, whatever stands in them", () => {
  const requests = createSessionRequests();
  for (const changes of [
    { objectRef: { resource: "pods", subresource: "log", namespace: "shop", name: "api-7f9c" } },
    { objectRef: { resource: "pods", subresource: "portforward", namespace: "shop", name: "api-7f9c" } },
    { objectRef: { resource: "services", subresource: "exec", namespace: "shop", name: "api-7f9c" } },
    { objectRef: { resource: "pods", subresource: "exec", namespace: "shop" } },
    { objectRef: null },
    { user: null },
    { auditID: 5 },
  ]) {
    requests.add(asked("alice", undefined, changes));
  }
  requests.add(asked("alice", undefined, { requestURI: 5, requestReceivedTimestamp: "never" }));
  assert.deepEqual(
    [...requests.of("shop", "api-7f9c")].map(({ command }) => command),
    [[]],
  );
});
