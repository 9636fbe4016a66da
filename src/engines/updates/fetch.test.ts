import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Problem } from "../../core/problem.ts";
import { feedClient, getDocument } from "../vulnerability/feeds/http.ts";
import { feedServer, SERVED_AT } from "../vulnerability/feeds/server.fixture.ts";

const patience = { stall: 2_000, document: 10_000, tries: 1, backoff: 1 };

describe("a client that may ask permitted addresses alone", () => {
  async function ask(permits: (address: string) => boolean, change: (url: string) => string = (url) => url) {
    await using server = await feedServer();
    server.files.set("/file", { body: Buffer.from("content"), lastModified: SERVED_AT });
    server.fault = (request, response) => {
      const target = new URL(request.url ?? "", server.url).searchParams.get("to");
      if (target === null) return false;
      response.writeHead(302, { location: target }).end();
      return true;
    };
    server.files.set("/moved?to=http://169.254.169.254/file", { body: Buffer.alloc(0), lastModified: SERVED_AT });
    const client = feedClient({ patience, permits });
    try {
      const { body } = await getDocument(client, new URL(change(server.url)), {}, 100);
      return { body: body.toString(), asked: server.requests.length };
    } catch (error) {
      assert.ok(error instanceof Problem);
      return { refused: error.message, asked: server.requests.length };
    } finally {
      client.close();
    }
  }

  const asked: string[] = [];
  const note = (answer: boolean) => (address: string) => {
    asked.push(address);
    return answer;
  };
  const refusal = /not a public address/;

  test("asks them", async () => {
    assert.deepEqual(await ask(note(true), (url) => `${url}/file`), { body: "content", asked: 1 });
    assert.deepEqual(asked, ["127.0.0.1"]);
  });

  test("asks no other: by address, by name, where it is sent", async () => {
    const byAddress = await ask(note(false), (url) => `${url}/file`);
    assert.match(byAddress.refused ?? "", refusal);
    assert.equal(byAddress.asked, 0);
    const byName = await ask(note(false), (url) => `${url.replace("127.0.0.1", "localhost")}/file`);
    assert.match(byName.refused ?? "", refusal);
    assert.equal(byName.asked, 0);
    const sent = await ask(
      (address) => address === "127.0.0.1",
      (url) => `${url}/moved?to=http://169.254.169.254/file`,
    );
    assert.match(sent.refused ?? "", refusal);
    assert.equal(sent.asked, 1);
  });
});
