import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDataFolder, removeDataFolder } from '../src/work/data-folder.ts';
import { keepWorkList, readWorkList } from '../src/work/work-list.ts';
import { plantFiles, tempFolder } from './support/temp.ts';

describe('the work list', () => {
  const list = { nodeModules: 'n', packages: [{ id: 'a@1', folder: 'n/a' }] };

  it('is read as it was kept, and leaves no draft', () => {
    const folder = tempFolder();
    const file = join(folder, 'packages.json');
    expect(readWorkList(file)).toBeUndefined();
    keepWorkList(file, list);
    expect(readWorkList(file)).toEqual(list);
    expect(readdirSync(folder)).toEqual(['packages.json']);
  });

  it.each(['', '{', 'null', '[]', '{"nodeModules":"n","packages":[{"id":1}]}', '{"nodeModules":"n","packages":[null]}'])(
    'is refused as %j',
    (text) => {
      const folder = plantFiles(tempFolder(), { 'packages.json': text });
      expect(() => readWorkList(join(folder, 'packages.json'))).toThrow(/is not a list of this example/);
    },
  );
});

describe('the data folder', () => {
  it('is made with its parents, or taken as it is', () => {
    const path = join(tempFolder(), 'a/b');
    expect(openDataFolder(path)).toMatchObject({ path, isOwn: false });
    expect(openDataFolder(path)).toMatchObject({ path, isOwn: false });
  });

  it('is a new one each time where none is named', () => {
    const [one, other] = [openDataFolder(undefined), openDataFolder(undefined)];
    expect(one.isOwn && other.isOwn && one.path !== other.path).toBe(true);
    removeDataFolder(one);
    removeDataFolder(other);
  });

  it('is refused where it cannot be', () => {
    const folder = tempFolder();
    writeFileSync(join(folder, 'file'), '');
    mkdirSync(join(folder, 'there'));
    expect(() => openDataFolder(join(folder, 'file'))).toThrow(/^--data: .*file is a file; give a folder/);
    expect(() => openDataFolder(join(folder, 'file/below'))).toThrow(/^--data: .*below leads through a file/);
  });

  it.runIf(process.platform === 'linux')('is refused, and not waited for, where the system lets nobody make a folder', () => {
    expect(() => openDataFolder('/proc/nobody/may')).toThrow(/^--data: .* cannot be written \(ENOENT\)/);
  });
});
