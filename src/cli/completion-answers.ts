import { readdirSync } from 'node:fs'
import { ShellCompDirective as DIRECTIVES } from '@bomb.sh/tab'
import type { Command, Option } from 'commander'
import { formulaNames } from './formula-files.ts'
import { functionNames } from './indicators.ts'

interface Answer {
  value: string
  about?: string
}

/** What may be typed at a place: one of some words, any file, `@` and a file or a formula, or something new. */
type Wanted = { words: readonly Answer[] } | 'file' | '@file' | '@formula' | 'text'

/** By what the help calls the value of an option or an argument. */
const WANTED: Readonly<Record<string, Wanted>> = {
  source: 'file',
  file: 'file',
  folder: 'file',
  list: '@file',
  '@file': '@formula',
  formula: '@formula',
}

/** Shells expand what they are answered: a name with a sign that steers them is not offered. */
const PLAIN = /^[\p{L}\p{N}_@.,+=:%/-]+$/u

/**
 * The lines that the scripts read: answers with what they are about, then what the shell does with them.
 *
 * @param words What is typed behind `millrace`; the last one is being typed, and may be empty.
 */
export function answersTo(commandLine: Command, words: readonly string[]): string[] {
  const place = placeOf(commandLine, words)
  const { command, option, typed } = place
  const wanted = option ? wantedBy(option) : typed.startsWith('-') ? optionsOf(command) : argumentOf(commandLine, place)
  if (wanted === 'text') return [`:${DIRECTIVES.ShellCompDirectiveNoFileComp}`]
  if (wanted === 'file') return [`:${DIRECTIVES.ShellCompDirectiveDefault}`]
  const answers = wanted === '@file' || wanted === '@formula' ? behindAt(typed, wanted) : wanted.words
  const fitting = answers.filter(({ value }) => value.startsWith(typed) && PLAIN.test(value))
  const isFolder = fitting.length > 0 && fitting.every(({ value }) => value.endsWith('/'))
  const lines = fitting.map(({ value, about = '' }) => `${value}\t${about.replaceAll(/\s+/g, ' ')}`)
  const space = isFolder ? DIRECTIVES.ShellCompDirectiveNoSpace : 0
  return [...lines, `:${DIRECTIVES.ShellCompDirectiveNoFileComp | space}`]
}

/** Where one is in what is typed. */
interface Place {
  command: Command
  /** The one whose value is being typed. */
  option?: Option
  /** How many arguments stand in front. */
  position: number
  /** The start of what is to be completed. */
  typed: string
}

function placeOf(commandLine: Command, words: readonly string[]): Place {
  const command = commandsOf(commandLine).find((each) => words.length > 1 && each.name() === words[0]) ?? commandLine
  const optionOf = (word: string) => {
    return command.options.find((each) => [each.short, each.long].includes(word) && (each.required || each.optional))
  }
  let option: Option | undefined
  let position = 0
  // Bash parts words at the equals sign, which is one of them then.
  const apart = words.filter((word, at) => word !== '=' || at === words.length - 1)
  for (const word of apart.slice(command === commandLine ? 0 : 1, -1)) {
    if (option) option = undefined
    else if (word.startsWith('-')) option = optionOf(word)
    else position += 1
  }
  const last = apart.at(-1) ?? ''
  if (last === '=') return { command, ...(option && { option }), position, typed: '' }
  const [, name, value] = /^(--[^=]+)=(.*)$/s.exec(last) ?? []
  const valued = option ?? (name === undefined ? undefined : optionOf(name))
  const typed = option || value === undefined ? last : value
  return { command, ...(valued && { option: valued }), position, typed }
}

function wantedBy({ argChoices, flags }: Option): Wanted {
  return choices(argChoices) ?? WANTED[/[<[](.*?)[>\]]/.exec(flags)?.[1] ?? ''] ?? 'text'
}

function optionsOf(command: Command): Wanted {
  const options = command.createHelp().visibleOptions(command)
  return { words: options.map(({ long, short, description }) => ({ value: (long ?? short)!, about: description })) }
}

function argumentOf(commandLine: Command, { command, position }: Place): Wanted {
  if (command === commandLine || command.name() === 'help')
    return position === 0 ? namesOf(commandsOf(commandLine)) : 'text'
  const argument = command.registeredArguments[position]
  if (argument === undefined) return 'text'
  if (command.name() === 'indicators') return { words: functionNames() }
  return choices(argument.argChoices) ?? WANTED[argument.name()] ?? 'text'
}

/** With `help`, which commander adds. */
function commandsOf(commandLine: Command): Command[] {
  return commandLine.createHelp().visibleCommands(commandLine)
}

function namesOf(commands: readonly Command[]): Wanted {
  return { words: commands.map((each) => ({ value: each.name(), about: each.summary() || each.description() })) }
}

function choices(values: readonly string[] | undefined): Wanted | undefined {
  return values && { words: values.map((value) => ({ value })) }
}

/** `@` with formulas by their names, and with files and folders of the folder typed so far. */
function behindAt(typed: string, wanted: '@file' | '@formula'): Answer[] {
  const folder = typed.slice(1, typed.lastIndexOf('/') + 1)
  const named = wanted === '@formula' && folder === '' ? formulaNames() : []
  const there = typed.startsWith('@') ? entriesOf(folder) : []
  return [...new Set([...named, ...there])].map((name) => ({ value: `@${folder}${name}` }))
}

/** A folder with a slash. */
function entriesOf(folder: string): string[] {
  try {
    const entries = readdirSync(folder || '.', { withFileTypes: true })
    return entries.map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name))
  } catch {
    return []
  }
}
