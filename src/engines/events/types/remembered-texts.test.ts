import assert from "node:assert/strict";
import { test } from "node:test";
import { randomNumbers } from "../random.fixture.ts";
import { rememberedText } from "./remembered-texts.ts";

test("texts are what their bytes say, however often and in whatever order they come", () => {
  const random = randomNumbers(7);
  const below = (most: number) => Math.floor(random() * most);
  const alphabet = ["a", "b", "\0", "/", "\xff"];
  for (let round = 0; round < 50_000; round++) {
    const text = Array.from({ length: below(3) === 0 ? below(70) : below(6) }, () => alphabet[below(5)]).join("");
    const before = "x".repeat(below(5));
    const bytes = Buffer.from(`${before}${text}yyyy`, "latin1");
    assert.equal(rememberedText(bytes, before.length, before.length + text.length), text);
  }
});

test("more texts than are remembered are read as they are", () => {
  for (let round = 0; round < 2; round++) {
    for (let index = 0; index < 200_000; index += 7) {
      const text = `/srv/data/${index}`;
      assert.equal(rememberedText(Buffer.from(text), 0, text.length), text);
    }
  }
});
