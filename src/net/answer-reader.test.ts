import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { runs } from "../core/runs.fixture.ts";
import { type AnswerHead, createAnswerReader } from "./answer-reader.ts";
import { bounds } from "./bounds.ts";

interface Told {
  head?: AnswerHead;
  body: string;
  isDone: boolean;
  isKept: boolean;
  ended: boolean;
}

/** @param sizes - of the pieces that the bytes come in; the rest comes at once */
function read(text: string, { method = "GET", sizes = [] as readonly number[], waits = false } = {}): Told {
  const told: Told = { body: "", isDone: false, isKept: false, ended: false };
  const reader = createAnswerReader(method, {
    head: (head) => {
      told.head = head;
    },
    data(piece) {
      told.body += piece.toString("latin1");
      return !waits;
    },
  });
  let left = Buffer.from(text, "latin1");
  for (const size of [...sizes, left.length]) {
    let piece = left.subarray(0, size);
    left = left.subarray(size);
    while (piece.length > 0) piece = piece.subarray(reader.read(piece));
  }
  return Object.assign(told, { isDone: reader.isDone(), isKept: reader.isKept(), ended: reader.ended() });
}

const FIXED = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A: 1\r\nx-a:  2 \r\n\r\nhello";
const CHUNKED =
  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;name=value\r\nlo\r\n0\r\nTrailer: x\r\n\r\n";

describe("an answer off a connection", () => {
  it("has its fields as they came, repeated ones too", () => {
    const { head, body, isDone, isKept } = read(FIXED);
    assert.deepEqual(head, {
      status: 200,
      reason: "OK",
      headers: ["Content-Length", "5", "X-A", "1", "x-a", "2"],
      length: 5,
    });
    assert.deepEqual({ body, isDone, isKept }, { body: "hello", isDone: true, isKept: true });
  });

  it("is the same in whatever pieces it comes, and whoever has to wait", () => {
    const cases = [FIXED, CHUNKED, `HTTP/1.1 100 Continue\r\n\r\n${FIXED}`, "HTTP/1.1 204 No Content\r\n\r\n"];
    for (const text of cases) {
      const whole = read(text);
      assert.ok(whole.isKept, text);
      const property = fc.property(
        fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 12 }),
        fc.boolean(),
        (sizes, waits) => {
          assert.deepEqual(read(text, { sizes, waits }), whole);
        },
      );
      fc.assert(property, runs(300));
    }
  });

  it("has no body where the specification has none", () => {
    const head = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n";
    assert.deepEqual(read(head, { method: "HEAD" }).isKept, true);
    assert.deepEqual(read("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n").isKept, true);
  });

  it("ends with the connection where nothing else says when", () => {
    const { body, isDone, isKept, ended } = read("HTTP/1.1 200 OK\r\n\r\nall of it");
    assert.deepEqual({ body, isDone, isKept, ended }, { body: "all of it", isDone: false, isKept: false, ended: true });
    assert.equal(read("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\npart").ended, false);
  });

  it("gives no connection back that has more on it than the answer, or is to be closed", () => {
    assert.equal(read(`${FIXED}HTTP/1.1 200 OK\r\n`).isKept, false);
    assert.equal(read("HTTP/1.1 200 OK\r\nConnection: x, Close\r\nContent-Length: 0\r\n\r\n").isKept, false);
    assert.equal(read("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n").isKept, false);
  });

  it("is refused where readers would part over it", () => {
    const heads = [
      "HTTP/2 200 OK\r\n\r\n",
      "SSH-2.0-OpenSSH\r\n\r\n",
      "HTTP/1.1 20 OK\r\n\r\n",
      "HTTP/1.1 101 Switching Protocols\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 5, 6\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 0x5\r\n\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
      "HTTP/1.1 200 OK\r\nName : value\r\n\r\n",
      "HTTP/1.1 200 OK\r\n folded\r\n\r\n",
      "HTTP/1.1 200 OK\r\nName: a\u0000b\r\n\r\n",
      "HTTP/1.1 200 OK\r\nName: a\nOther: b\r\n\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\nabc\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n",
      `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${"1".repeat(5_000)}`,
      `HTTP/1.1 200 OK\r\nName: ${"x".repeat(bounds.headerBytes)}`,
    ];
    for (const text of heads) assert.throws(() => read(text), Error, JSON.stringify(text.slice(0, 80)));
  });
});
