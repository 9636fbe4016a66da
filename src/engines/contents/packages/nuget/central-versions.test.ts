import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { factsOf, unreadOf } from "../../facts.fixture.ts";
import { answersWhateverTheBytes } from "../answers.fixture.ts";
import { packageLines } from "../locked.fixture.ts";
import { nugetCentralVersions } from "./central-versions.ts";

const PATH = "src/Directory.Packages.props";
const IN_TURN = "transitive packages are only known to a restore";
const PROPS = `<Project>
  <PropertyGroup>
    <ManagePackageVersionsCentrally>true</ManagePackageVersionsCentrally>
    <Major>6</Major>
    <AspNetVersion>$(Major).0.1</AspNetVersion>
  </PropertyGroup>
  <ItemGroup>
    <PackageVersion Include="Newtonsoft.Json" Version="12.0.1" />
    <PackageVersion Include="Microsoft.AspNetCore.Http" Version="$(AspNetVersion)" />
    <PackageVersion Include="Exact"><Version>[1.2.3]</Version></PackageVersion>
    <GlobalPackageReference Include="Nerdbank.GitVersioning" Version="3.5.109" />
  </ItemGroup>
</Project>
`;

function read(items: string) {
  return factsOf(nugetCentralVersions, PATH, `<Project><ItemGroup>${items}</ItemGroup></Project>`);
}

describe("Directory.Packages.props", () => {
  test("the versions that it settles are read: literal ones and those of its properties", () => {
    const facts = factsOf(nugetCentralVersions, PATH, PROPS);
    assert.deepEqual(packageLines(facts), [
      "Exact@1.2.3 direct",
      "Microsoft.AspNetCore.Http@6.0.1 direct",
      "Nerdbank.GitVersioning@3.5.109 direct",
      "Newtonsoft.Json@12.0.1 direct",
    ]);
    assert.deepEqual(unreadOf(facts), [IN_TURN]);
  });

  test("ranges, floating versions, unknown properties and imports are said", () => {
    for (const version of ["[1.0,2.0)", "6.*", "$(Elsewhere)", ""]) {
      const facts = read(`<PackageVersion Include="A" Version="${version}"/>`);
      assert.deepEqual(unreadOf(facts), ["the version of A is not settled by this file", IN_TURN], version);
    }
    assert.deepEqual(unreadOf(read('<PackageVersion Include="A"/>')), ["item 1 (A) states no version", IN_TURN]);
    assert.deepEqual(unreadOf(factsOf(nugetCentralVersions, PATH, '<Project><Import Project="x"/></Project>')), [
      "its imports are not read",
    ]);
    assert.equal(factsOf(nugetCentralVersions, PATH, "<packages/>")?.kind, "unreadable");
  });

  test("a property that doubles itself ends at the bound", () => {
    const facts = factsOf(
      nugetCentralVersions,
      PATH,
      `<Project><PropertyGroup><A>$(A)$(A)</A></PropertyGroup><ItemGroup><PackageVersion Include="B" Version="$(A)"/></ItemGroup></Project>`,
    );
    assert.deepEqual(packageLines(facts), []);
  });

  test("whatever the bytes, an answer", () => answersWhateverTheBytes(nugetCentralVersions, PATH, PROPS));
});
