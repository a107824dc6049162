/** The text of a page with all but its code blocks of a language blanked out, so that lines keep their numbers. */
export function blocksOf(page: string, language: string): string {
  let isInside = false
  const lines = page.split('\n').map((line) => {
    const isFence = line.startsWith('```')
    if (isFence) isInside = line === `\`\`\`${language}`
    return isInside && !isFence ? line : ''
  })
  return lines.join('\n')
}

/** Code blocks of a language, one after another. */
export function codeBlocks(page: string, language: string): string[] {
  return [...page.matchAll(/^```(.*)\n([\s\S]*?)^```$/gm)].flatMap(([, name, text]) =>
    name === language ? [text!] : [],
  )
}
