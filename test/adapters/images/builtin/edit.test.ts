import { describe, expect, it } from 'vitest';
import { editScene, type SceneEdit } from '../../../../src/adapters/images/builtin/edit/edit-scene.ts';
import { rolesOf } from '../../../../src/adapters/images/builtin/palette/derive-roles.ts';
import { isBuiltinScene } from '../../../../src/adapters/images/builtin/scene/read-scene.ts';
import type { BuiltinScene } from '../../../../src/adapters/images/builtin/scene/builtin-scene.ts';
import { contrastRatio, oklchOfHex } from '../../../../src/imaging/colour/oklab.ts';
import { images, library, plan } from './providers.ts';

const fox = plan('a fox reading under a mountain moon', 'Nordic night, ember and ink').scene;
const edit = (prompt: string, scene: BuiltinScene = fox): SceneEdit => editScene(scene, prompt, library);
const lightnessOf = (scene: BuiltinScene): number => oklchOfHex(rolesOf(scene.palette).bg).l;

describe('editing a scene of ours', () => {
  it.each([
    ['swap the fox for an owl', 'owl'],
    ['swap the fox to an owl', 'owl'],
    ['use a wolf instead', 'wolf'],
    ['Replace the fox with a panda.', 'panda'],
    ['change the animal to a bear', 'bear'],
    ['instead of a fox, use a lion', 'lion'],
    ['make it a unicorn', 'unicorn'],
    ['turn the fox into a rabbit', 'rabbit'],
  ])('%s', (prompt, label) => {
    const { scene, applied, ignored } = edit(prompt);
    expect(scene.hero.label).toContain(label);
    expect([applied.length, ignored.length]).toEqual([1, 0]);
    expect(scene.palette).toEqual(fox.palette);
    expect(scene.drawSeed).toBe(fox.drawSeed);
    expect(scene.layout).toEqual(fox.layout);
  });

  it('swaps and removes the second thing', () => {
    expect(edit('swap the book for a burger').scene).toMatchObject({
      hero: { label: 'fox' },
      second: { label: 'hamburger' },
    });
    expect(edit('remove the book').scene.second).toBeNull();
    expect(edit('add a crown').scene.second?.label).toBe('crown');
  });

  it.each([
    ['add a ring', (scene: BuiltinScene) => scene.layout.ornaments.includes('ring')],
    ['add a laurel wreath', (scene: BuiltinScene) => scene.layout.ornaments.includes('laurel')],
    ['add some sparkles', (scene: BuiltinScene) => scene.layout.ornaments.includes('sparkles')],
    ['add stars', (scene: BuiltinScene) => scene.layout.sky.includes('stars')],
    ['add a sun', (scene: BuiltinScene) => scene.layout.sky.includes('sun') && scene.layout.time === 'day'],
    ['put some snow', (scene: BuiltinScene) => scene.layout.sky.includes('snow')],
    ['add waves', (scene: BuiltinScene) => scene.layout.terrain[0] === 'sea'],
    ['no mountains', (scene: BuiltinScene) => !scene.layout.terrain.includes('mountains')],
    ['remove the moon', (scene: BuiltinScene) => !scene.layout.sky.includes('moon')],
    ['in a circle', (scene: BuiltinScene) => scene.layout.shape === 'circle'],
    ['shield shape', (scene: BuiltinScene) => scene.layout.shape === 'shield'],
    ['make it hexagonal', (scene: BuiltinScene) => scene.layout.shape === 'hexagon'],
    ['bolder', (scene: BuiltinScene) => scene.layout.weight > fox.layout.weight],
    ['make it bigger', (scene: BuiltinScene) => scene.layout.scale > fox.layout.scale],
    ['a bit smaller', (scene: BuiltinScene) => scene.layout.scale < fox.layout.scale],
    ['flip it', (scene: BuiltinScene) => scene.layout.flip],
    ['simpler', (scene: BuiltinScene) => scene.archetype === 'knockout'],
    ['turn it into a seal', (scene: BuiltinScene) => scene.archetype === 'medallion'],
    ['darker background', (scene: BuiltinScene) => lightnessOf(scene) < lightnessOf(fox)],
    ['light background', (scene: BuiltinScene) => lightnessOf(scene) > 0.85],
    ['on a white background', (scene: BuiltinScene) => rolesOf(scene.palette).bg === '#ffffff'],
    ['make it green', (scene: BuiltinScene) => Math.abs(oklchOfHex(rolesOf(scene.palette).primary).h - 145) < 25],
    ['background navy', (scene: BuiltinScene) => rolesOf(scene.palette).bg === '#1d2f6f'],
    ['accent #ff8800', (scene: BuiltinScene) => oklchOfHex(rolesOf(scene.palette).accent).h < 80],
    ['warmer', (scene: BuiltinScene) => scene.palette.colors.join() !== fox.palette.colors.join()],
    [
      'more vivid',
      (scene: BuiltinScene) =>
        oklchOfHex(rolesOf(scene.palette).primary).c > oklchOfHex(rolesOf(fox.palette).primary).c,
    ],
    [
      'muted',
      (scene: BuiltinScene) =>
        oklchOfHex(rolesOf(scene.palette).primary).c < oklchOfHex(rolesOf(fox.palette).primary).c,
    ],
    ['in autumn colours', (scene: BuiltinScene) => scene.palette.name !== fox.palette.name],
    ['by day', (scene: BuiltinScene) => scene.layout.time === 'day'],
  ])('%s', (prompt, holds) => {
    const result = edit(prompt);
    expect(result.ignored).toEqual([]);
    expect(holds(result.scene), JSON.stringify(result.scene.layout)).toBe(true);
    const roles = rolesOf(result.scene.palette);
    expect(contrastRatio(roles.ink, roles.bg)).toBeGreaterThanOrEqual(4.5);
    expect(contrastRatio(roles.primary, roles.bg)).toBeGreaterThanOrEqual(3);
  });

  it('reads several wishes, says which it could not carry out, and remembers', () => {
    const { scene, applied, ignored } = edit(
      'Swap the fox for an owl, add stars and darker background; keep the book but make it taste salty',
    );
    expect(scene).toMatchObject({ hero: { label: 'owl' }, second: { label: 'open book' } });
    expect(applied[0]).toBe('Swap the fox for an owl');
    expect(applied).toHaveLength(4);
    expect(ignored).toEqual(['make it taste salty']);
    expect(scene.history).toHaveLength(1);
    expect(edit('rounder', scene).scene.history).toHaveLength(2);
  });

  it.each([
    '<svg>',
    'swap',
    'swap the for a',
    'add',
    'remove the the',
    'a'.repeat(2000),
    ', , ;.',
    'and and and',
    '"',
    'make it __proto__',
    'add constructor',
  ])('survives %j', (prompt) => {
    const { applied, ignored, scene } = edit(prompt);
    expect(applied.length + ignored.length).toBeLessThanOrEqual(24);
    expect(isBuiltinScene(scene)).toBe(true);
  });

  it('gives a picture with its new scene', async () => {
    const { bytes } = await images.generate({ logoDescription: 'a fox', themeDescription: 'sea', seed: 1 });
    const edited = await images.edit({
      image: { bytes, contentType: 'image/png' },
      scene: fox,
      prompt: 'use a wolf instead',
      seed: 1,
    });
    expect(edited.scene?.hero.label).toBe('wolf');
    expect(edited.applied).toEqual(['use a wolf instead']);
    expect(Buffer.from(await images.render(edited.scene ?? fox, fox.palette)).equals(Buffer.from(edited.bytes))).toBe(
      true,
    );
  });

  it('recolours an image that has no scene of ours', async () => {
    const { bytes } = await images.generate({ logoDescription: 'a fox', themeDescription: 'sea', seed: 1 });
    const image = { bytes, contentType: 'image/png' };
    const edited = await images.edit({ image, scene: null, prompt: 'make it warmer, write a poem', seed: 0 });
    expect(edited).toMatchObject({
      scene: null,
      contentType: 'image/png',
      applied: ['make it warmer'],
      ignored: ['write a poem'],
    });
    await expect(images.edit({ image, scene: null, prompt: 'xyzzy', seed: 0 })).rejects.toMatchObject({
      code: 'UNSUPPORTED_EDIT',
    });
  });

  it.each(['xyzzy plugh', '', 'keep the fox', '熊猫'])(
    'refuses %j, of which nothing can be carried out',
    async (prompt) => {
      const image = { bytes: new Uint8Array(), contentType: 'image/png' };
      await expect(images.edit({ image, scene: fox, prompt, seed: 0 })).rejects.toMatchObject({
        code: 'UNSUPPORTED_EDIT',
      });
    },
  );
});
