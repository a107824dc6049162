import { type Command, Help, type HelpConfiguration } from 'commander'
import { paintsOf, typedColors, widthOf } from './terminal.ts'
import { visible } from './visible.ts'
import { wrap, wrapBehind, wrapCommand } from './wrap.ts'

/** Of help that goes to no terminal. */
const USUAL_WIDTH = 80
/** With less room than this beside the names, what they mean stands below them. */
const NARROWEST = 30
const BELOW = ' '.repeat(6)

/** A command behind `$ `, perhaps with the name of its shell in front. */
const COMMAND = /^( *(?:\S+ +)?\$ )(.*)$/
const HEADING = /^\S.*:$/

/** How commander writes its part of a help. */
export function helpStyle(): HelpConfiguration {
  const { bold, cyan } = typedColors(process.stdout)
  return {
    styleTitle: bold,
    styleArgumentTerm: cyan,
    styleOptionTerm: cyan,
    styleSubcommandTerm: cyan,
    styleCommandText: cyan,
    // Said of every command it says nothing.
    subcommandTerm: (command) => Help.prototype.subcommandTerm(command).replace(' [options]', ''),
    minWidthToWrap: 1,
    styleUsage(this: Help, usage) {
      // It stands behind this word.
      const { length } = 'Usage: '
      const styled = Help.prototype.styleUsage.call(this, usage)
      return wrap(styled, (this.helpWidth ?? USUAL_WIDTH) - length).join(`\n${' '.repeat(length)}`)
    },
    formatItem(this: Help, term, termWidth, description, helper) {
      const isBeside = (helper.helpWidth ?? USUAL_WIDTH) - termWidth - 4 >= NARROWEST
      if (isBeside) return Help.prototype.formatItem.call(this, term, termWidth, description, helper)
      return [`  ${term}`, ...wrapBehind(BELOW, description, helper.helpWidth ?? USUAL_WIDTH)].join('\n')
    },
  }
}

/**
 * Adds text below the options, of lines that are paragraphs, headings (`Examples:`) or commands (`  $ millrace …`):
 * paragraphs are wrapped at words, commands as a shell allows it.
 */
export function addHelpBelow(command: Command, text: string): Command {
  return command.addHelpText('after', ({ error }) => {
    const width = widthOf(error ? process.stderr : process.stdout)
    const lines = text.split('\n').flatMap((line) => laidOut(line, Number.isFinite(width) ? width : USUAL_WIDTH))
    return lines.join('\n')
  })
}

function laidOut(line: string, width: number): string[] {
  const { bold, cyan } = typedColors(process.stdout)
  const [, lead, command] = COMMAND.exec(line) ?? []
  if (lead !== undefined && command !== undefined) return wrapCommand(lead, command, width).map(cyan)
  const [indent = ''] = /^ */.exec(line) ?? []
  const lines = wrapBehind(indent, line, width)
  return HEADING.test(line) ? lines.map(bold) : lines
}

/** What commander says of wrong use, as other errors are shown. */
export function usageErrorText(text: string): string {
  const { failure } = paintsOf(typedColors(process.stderr))
  const lines = text.trimEnd().split('\n')
  return lines
    .flatMap((line) => wrap(visible(line), widthOf(process.stderr)).map((each) => `${failure(each)}\n`))
    .join('')
}
