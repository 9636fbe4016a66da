import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { bounds } from "../../bounds.ts";
import { factsOf, packagesOf } from "../../facts.fixture.ts";
import { answersWhateverTheBytes } from "../answers.fixture.ts";
import { gemspec } from "./gemspec.ts";

const PATH = "usr/lib/ruby/gems/3.3.0/specifications/rack-2.2.3.gemspec";

const SPECIFICATION = `# -*- encoding: utf-8 -*-
# stub: rack 2.2.3 ruby lib

Gem::Specification.new do |s|
  s.name = "rack".freeze
  s.version = "2.2.3"

  s.required_rubygems_version = Gem::Requirement.new(">= 0".freeze) if s.respond_to? :required_rubygems_version=
  s.description = "an s.name = \\"other\\"".freeze
  s.licenses = ["MIT".freeze, "Ruby".freeze]
  s.rubygems_version = "3.4.10".freeze

  s.add_runtime_dependency(%q<rake>.freeze, [">= 0"])
end
`;

function read(text: string) {
  return factsOf(gemspec, PATH, text);
}

describe("which gemspecs are installed gems", () => {
  const wanted = [
    PATH,
    "usr/lib/ruby/gems/3.3.0/specifications/default/set-1.1.0.gemspec",
    "usr/share/rubygems-integration/all/specifications/rake-13.0.6.gemspec",
    "app/vendor/bundle/ruby/3.3.0/specifications/a-1.0-x86_64-linux.gemspec",
  ];
  for (const path of wanted) test(`wants ${path}`, () => assert.ok(gemspec.wants(path)));
  const refused = [
    "a.gemspec",
    "app/own.gemspec",
    "usr/lib/ruby/gems/3.3.0/gems/rack-2.2.3/rack.gemspec",
    "usr/lib/ruby/gems/3.3.0/specifications/rack-2.2.3.rb",
    "usr/lib/ruby/gems/3.3.0/specifications/other/a-1.gemspec",
    "app/default/a-1.gemspec",
  ];
  for (const path of refused) test(`leaves ${path}`, () => assert.ok(!gemspec.wants(path)));
});

describe("an installed gem", () => {
  test("has name, version and licences from their assignments", () => {
    assert.deepEqual(read(SPECIFICATION), {
      kind: "packages",
      packages: [{ type: "gem", name: "rack", version: "2.2.3", licenses: ["MIT", "Ruby"] }],
      unread: [],
    });
  });

  const forms: readonly [assignments: string, name: string, version: string, licenses: string[]][] = [
    [`spec.name = 'a'\nspec.version = Gem::Version.new("1.0")\nspec.license = "MIT"`, "a", "1.0", ["MIT"]],
    ["spec.name = %q{a}\nspec.version = %q{1.0}", "a", "1.0", []],
    [
      `spec.name="a"\nspec.version="1.0"\nspec.licenses=["MIT","x",${'"'}${"y".repeat(5_000)}"]`,
      "a",
      "1.0",
      ["MIT", "x"],
    ],
    [`spec.name = "a"\nspec.name = "b"\nspec.version = "1.0"`, "a", "1.0", []],
  ];
  for (const [assignments, name, version, licenses] of forms) {
    test(assignments.slice(0, 60), () => {
      const [gem] = packagesOf(read(`Gem::Specification.new do |spec|\n${assignments}\nend\n`));
      assert.deepEqual(gem, { type: "gem", name, version, licenses });
    });
  }

  test("has them from the stub line where they are computed", () => {
    const computed =
      "# stub: a 1.0 ruby lib\nGem::Specification.new do |s|\n  s.name = NAME\n  s.version = A::VERSION\nend\n";
    assert.deepEqual(packagesOf(read(computed)), [{ type: "gem", name: "a", version: "1.0", licenses: [] }]);
  });

  test("is unreadable where neither tells", () => {
    const texts = [
      "",
      "bogus",
      's.name = "a"\ns.version = "1.0"\n',
      'Gem::Specification.new do |s|\n  s.name = "a"\n  s.version = VERSION\nend\n',
      'Gem::Specification.new do |s|\n  s.name = "#{a}"\n  s.version = "1"\nend\n'.replace("#{a}", "#" + "{a}"),
      `Gem::Specification.new do |s|\n  s.name = "a" ${" ".repeat(bounds.manifestLineLength)}\n  s.version = "1"\nend\n`,
    ];
    for (const text of texts) assert.equal(read(text)?.kind, "unreadable", text.slice(0, 60));
  });

  test("whatever the bytes, an answer", () => answersWhateverTheBytes(gemspec, PATH, SPECIFICATION));
});
