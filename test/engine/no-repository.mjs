// A module that is no repository: it has no default export.
export const repository = {}
