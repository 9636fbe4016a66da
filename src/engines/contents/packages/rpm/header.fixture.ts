/** For tests: builds the header blob of one package as rpm stores it. */
export interface HeaderTag {
  readonly tag: number;
  readonly type: number;
  readonly count: number;
  readonly value: Buffer;
}

export function stringTag(tag: number, text: string, type = 6): HeaderTag {
  return { tag, type, count: 1, value: Buffer.from(`${text}\0`) };
}

export function int32Tag(tag: number, value: number): HeaderTag {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return { tag, type: 4, count: 1, value: bytes };
}

export function headerBlob(tags: readonly HeaderTag[]): Buffer {
  const index = Buffer.alloc(8 + 16 * tags.length);
  let offset = 0;
  const store: Buffer[] = [];
  for (const [position, { tag, type, count, value }] of tags.entries()) {
    if (type === 4) {
      const padding = (4 - (offset % 4)) % 4;
      store.push(Buffer.alloc(padding));
      offset += padding;
    }
    for (const [field, number] of [tag, type, offset, count].entries()) {
      index.writeUInt32BE(number, 8 + 16 * position + 4 * field);
    }
    store.push(value);
    offset += value.length;
  }
  index.writeUInt32BE(tags.length, 0);
  index.writeUInt32BE(offset, 4);
  return Buffer.concat([index, ...store]);
}

export interface RpmPackageFixture {
  readonly name: string;
  readonly version?: string;
  readonly release?: string;
  readonly epoch?: number;
  readonly module?: string;
  readonly sourceRpm?: string;
  /** Bytes of an unrelated tag, to make the header as long as real ones, which hold file lists. */
  readonly ballast?: number;
  /** Folder with both slashes, base name, mode. */
  readonly files?: readonly (readonly [folder: string, name: string, mode: number])[];
}

function fileTags(files: NonNullable<RpmPackageFixture["files"]>): HeaderTag[] {
  const folders = [...new Set(files.map(([folder]) => folder))];
  const modes = Buffer.alloc(2 * files.length);
  const indexes = Buffer.alloc(4 * files.length);
  for (const [index, [folder, , mode]] of files.entries()) {
    modes.writeUInt16BE(mode, 2 * index);
    indexes.writeUInt32BE(folders.indexOf(folder), 4 * index);
  }
  const texts = (list: readonly string[]) => Buffer.from(list.map((text) => `${text}\0`).join(""));
  return [
    { tag: 1030, type: 3, count: files.length, value: modes },
    { tag: 1116, type: 4, count: files.length, value: indexes },
    { tag: 1117, type: 8, count: files.length, value: texts(files.map(([, name]) => name)) },
    { tag: 1118, type: 8, count: folders.length, value: texts(folders) },
  ];
}

export function rpmHeader(fixture: RpmPackageFixture): Buffer {
  const { name, version = "1.0", release = "1.el9", epoch, module, ballast = 0 } = fixture;
  return headerBlob([
    { tag: 63, type: 7, count: 16, value: Buffer.alloc(16) },
    stringTag(1000, name),
    stringTag(1001, version),
    stringTag(1002, release),
    ...(epoch === undefined ? [] : [int32Tag(1003, epoch)]),
    stringTag(1011, "Example Vendor"),
    stringTag(1014, "MIT"),
    stringTag(1022, "x86_64"),
    stringTag(1044, fixture.sourceRpm ?? `${name}-${version}-${release}.src.rpm`),
    { tag: 1146, type: 7, count: ballast, value: Buffer.alloc(ballast, 0x61) },
    ...(fixture.files === undefined ? [] : fileTags(fixture.files)),
    ...(module === undefined ? [] : [stringTag(5096, module)]),
  ]);
}
