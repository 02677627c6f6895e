// Subjects that people ask for and the emoji sets lack, drawn here on the same 32 x 32 grid in the same flat manner.

const flat = (shapes) => `<g fill="none">${shapes}</g>`;
const path = (fill, d) => `<path fill="${fill}" d="${d}"/>`;
const mono = (d) => `<g fill="currentColor"><path fill-rule="evenodd" d="${d}"/></g>`;

const lighthouse = {
  id: 'own:lighthouse',
  label: 'lighthouse',
  alts: ['light house', 'beacon'],
  kind: 'place',
  tags: ['coast', 'harbour', 'harbor', 'sea', 'nautical', 'maritime', 'guide', 'light', 'tower', 'shore'],
  flat: flat(
    path('#ffd469', 'M11 6.5 3 3.6v6.6l8-1.9zM21 6.5l8-2.9v6.6l-8-1.9z') +
      path('#f2f2f2', 'M12.2 10h7.6L22 28H10z') +
      path('#f8312f', 'M11.9 13h8.2l.45 4h-9.1zM11.1 21h9.8l.45 4H10.65z') +
      path('#fcd53f', 'M13 5h6v5h-6z') +
      path('#636363', 'M11 9.4h10v1.9H11z') +
      path('#ca0b4a', 'M16 1l4.4 4.4H11.6z') +
      path('#636363', 'M14.6 25.2a1.4 1.4 0 0 1 2.8 0V28h-2.8z') +
      path('#86604b', 'M5 30.5c0-1.9 2-3 4.6-3h12.8c2.6 0 4.6 1.1 4.6 3z'),
  ),
  mono: mono(
    'M16 1l4.6 4.4H20v3.8h1v2.1h-.9L22 27.5h.4c2.600 4.600 1.100 4.600 3H5c0-1.900 2-3 4.600-3h.4l1.900-16.200H11V9.200h1V5.400h-.6zM14 6v3.200h4V6zm-.3 7.200-.4 3.600h5.400l-.4-3.600zm-.8 7.600-.5 3.800h7.200l-.5-3.800zM10 6.700 3 4v5.800l7-1.600zm12 0L29 4v5.800l-7-1.600z',
  ),
};

const windmill = {
  id: 'own:windmill',
  label: 'windmill',
  alts: ['mill', 'wind mill'],
  kind: 'place',
  tags: ['wind', 'flour', 'dutch', 'holland', 'energy', 'grain', 'farm', 'bakery', 'millhouse'],
  flat: flat(
    path('#c3ef3c', 'M3 30.500c0-1.500 2.500-2.500 6-2.500h14c3.500 0 6 1 6 2.500z') +
      path('#f2e2c4', 'M12.400 13h7.200L22 29H10z') +
      path('#a56953', 'M16 7.500c2.600 0 4.200 2 4.400 5.700h-8.800c.2-3.700 1.800-5.700 4.400-5.700') +
      path('#6d4534', 'M14.300 25.700a1.700 1.700 0 0 1 3.400 0V29h-3.400zM14.800 17.500h2.400v3h-2.400z') +
      path(
        '#f8312f',
        'M16.500 11.500 24.800 3.200l2.200 2.200-8.300 8.300zM15.500 11.500 7.200 3.200 5 5.400l8.300 8.300zM15.500 12.500l-8.300 8.300L5 18.600l8.300-8.300zM16.500 12.500l8.300 8.300 2.200-2.200-8.300-8.300z',
      ) +
      path('#433b6b', 'M16 9.900a2.100 2.100 0 1 1 0 4.200 2.100 2.100 0 0 1 0-4.200'),
  ),
  mono: null,
};

const windTurbine = {
  id: 'own:wind-turbine',
  label: 'wind turbine',
  alts: ['turbine', 'wind power', 'wind energy'],
  kind: 'object',
  tags: ['wind', 'energy', 'renewable', 'green energy', 'power', 'electricity', 'clean energy', 'sustainability'],
  flat: flat(
    path('#9b9b9b', 'M15.200 13h1.600l1.200 17h-4z') +
      path('#00a6ed', 'M15 11.400C14.300 8.200 14.600 4.400 16 1c1.400 3.400 1.700 7.200 1 10.400z') +
      path('#00a6ed', 'M16.900 11.100c3.100.900 6.200 3.100 8.500 6-3.700-.500-7.100-2-9.500-4.300z') +
      path('#00a6ed', 'M15.100 11.100c-3.100.900-6.200 3.100-8.500 6 3.700-.500 7.100-2 9.500-4.300z') +
      path('#0074ba', 'M16 10a2 2 0 1 1 0 4 2 2 0 0 1 0-4') +
      path('#44911b', 'M4 30.700c1.500-2 6-3.200 12-3.200s10.500 1.200 12 3.200z'),
  ),
  mono: null,
};

const orbit = (degrees) =>
  `<ellipse cx="16" cy="16" rx="13.500" ry="5.200" stroke="#5092ff" stroke-width="1.700" transform="rotate(${degrees} 16 16)"/>`;
const electron = (cx, cy) => `<circle cx="${cx}" cy="${cy}" r="1.700" fill="#ffb02e"/>`;

const atom = {
  id: 'own:atom',
  label: 'atom',
  alts: ['atom symbol', 'molecule'],
  kind: 'object',
  tags: ['physics', 'science', 'quantum', 'nuclear', 'research', 'laboratory', 'chemistry', 'particle', 'energy'],
  flat: flat(
    orbit(0) +
      orbit(60) +
      orbit(120) +
      '<circle cx="16" cy="16" r="3.200" fill="#f8312f"/>' +
      electron(29.3, 16) +
      electron(9.4, 4.6) +
      electron(9.4, 27.4),
  ),
  mono: null,
};

const submarine = {
  id: 'own:submarine',
  label: 'submarine',
  alts: ['sub', 'u boat'],
  kind: 'place',
  tags: ['sea', 'ocean', 'underwater', 'navy', 'deep', 'dive', 'diving', 'periscope', 'vessel'],
  flat: flat(
    path('#636363', 'M16.500 3.500h4.500v2h-2.500V10h-2z') +
      path('#ff822d', 'M12.500 9h8.500l1.500 5.500h-11.500z') +
      path(
        '#fcd53f',
        'M9 13.500h13c4.500 0 8 3.100 8 7s-3.500 7-8 7H9c-2 0-3.600-.700-4.900-1.800L1.500 28V13l2.600 2.300C5.400 14.200 7 13.500 9 13.500',
      ) +
      path('#ff822d', 'M4.100 25.700C5.400 26.800 7 27.500 9 27.500h13c3.900 0 7-2.300 7.800-5.500H2.400z') +
      '<circle cx="10" cy="19.500" r="2.500" fill="#212121"/><circle cx="16.500" cy="19.500" r="2.500" fill="#212121"/><circle cx="23" cy="19.500" r="2.500" fill="#212121"/>' +
      '<circle cx="10" cy="19.500" r="1.600" fill="#83cbff"/><circle cx="16.500" cy="19.500" r="1.600" fill="#83cbff"/><circle cx="23" cy="19.500" r="1.600" fill="#83cbff"/>',
  ),
  mono: null,
};

export const ownMotifs = [lighthouse, windmill, windTurbine, atom, submarine];
