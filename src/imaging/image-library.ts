import sharp from 'sharp';

// Untrusted bytes pass the magic-byte check of sniff-format.ts before they get here, so they can only be one of five
// formats. As a second line, every other loader is switched off. The SVG loader stays on: the built-in provider renders
// its own drawings with it in this process, and SVG from outside is refused by the first line.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: [
    'VipsForeignLoadPng',
    'VipsForeignLoadJpeg',
    'VipsForeignLoadWebp',
    'VipsForeignLoadHeif',
    'VipsForeignLoadNsgif',
    'VipsForeignLoadSvg',
  ],
});

// Every input is a fresh buffer: cached operations would only hold memory.
sharp.cache(false);

export { sharp };
