import type { Argument, Command, Option } from "commander";
import { oneOf } from "../options.js";

/** Shells a script of completions can be written for. */
export const SHELLS = ["bash", "zsh", "fish"] as const;

/** What may follow a command: its options by both names, and the words an argument or option may be. */
interface Known {
  readonly name: string;
  readonly about: string;
  readonly options: readonly Option[];
  readonly words: readonly string[];
}

/** Between single quotes a shell takes everything as it stands but the quote itself. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
const firstLine = (text: string): string => text.split("\n")[0]!;
const wordsOf = (args: readonly Argument[]): string[] => args.flatMap(({ argChoices }) => argChoices ?? []);

/** Every command of a program but the one that prints help, in its own order. */
function commandsOf(program: Command): Known[] {
  return program.commands.map((command) => ({
    name: command.name(),
    about: firstLine(command.summary() || command.description()),
    options: command.options,
    words: wordsOf(command.registeredArguments),
  }));
}

const flagsOf = ({ short, long }: Option): string[] =>
  [short, long].filter((flag): flag is string => flag !== undefined);
const allFlags = (options: readonly Option[]): string => [...options.flatMap(flagsOf), "--help"].join(" ");
/** Of every option that has them the words it may be, by command and flag: one flag means other things elsewhere. */
const choicesOf = (known: readonly Known[]): [place: string, choices: readonly string[]][] =>
  known.flatMap(({ name, options }) =>
    options.flatMap((option) =>
      flagsOf(option).flatMap((flag): [string, readonly string[]][] =>
        option.argChoices === undefined ? [] : [[`"${name} ${flag}"`, option.argChoices]],
      ),
    ),
  );

function bash(known: readonly Known[]): string {
  const names = [...known.map(({ name }) => name), "help"].join(" ");
  return `# bash completion for gateflow
_gateflow() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} words=""
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${names} --help --version" -- "$word"))
    return
  fi
  case "\${COMP_WORDS[1]} $before" in
${choicesOf(known)
  .map(
    ([place, choices]) =>
      `    ${place}) COMPREPLY=($(compgen -W "${choices.join(" ")}" -- "$word")); return ;;`,
  )
  .join("\n")}
  esac
  case \${COMP_WORDS[1]} in
    help) words="${names}" ;;
${known
  .map(({ name, options, words }) => `    ${name}) words="${[...words, allFlags(options)].join(" ")}" ;;`)
  .join("\n")}
  esac
  case $word in
    -*) COMPREPLY=($(compgen -W "$words" -- "$word")) ;;
    *) COMPREPLY=($(compgen -f -- "$word") $(compgen -W "\${words%% -*}" -- "$word")) ;;
  esac
}
complete -o filenames -F _gateflow gateflow
`;
}

function zsh(known: readonly Known[]): string {
  const described = (text: string): string => text.replaceAll(":", "\\:").replace(/[[\]]/g, "\\$&");
  const spec = (option: Option): string[] =>
    flagsOf(option).map((flag) => {
      const value = option.required || option.optional;
      const choices = option.argChoices;
      const action = choices === undefined ? "_files" : `(${choices.join(" ")})`;
      return quoted(`${flag}[${described(firstLine(option.description))}]${value ? `:value:${action}` : ""}`);
    });
  return `#compdef gateflow
_gateflow() {
  local -a commands
  commands=(
${known.map(({ name, about }) => `    ${quoted(`${name}:${described(about)}`)}`).join("\n")}
    'help:print help on a command'
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
    help) _describe command commands ;;
${known
  .map(({ name, options, words }) => {
    const rest = quoted(words.length > 0 ? `*:word:(${words.join(" ")})` : "*:file:_files");
    return `    ${name}) _arguments ${[...options.flatMap(spec), rest].join(" ")} ;;`;
  })
  .join("\n")}
  esac
}
if [ "$funcstack[1]" = "_gateflow" ]; then _gateflow "$@"; else compdef _gateflow gateflow; fi
`;
}

function fish(known: readonly Known[]): string {
  const lines = ["# fish completion for gateflow"];
  const first = "-n __fish_use_subcommand";
  for (const { name, about } of known)
    lines.push(`complete -c gateflow ${first} -f -a ${name} -d ${quoted(about)}`);
  lines.push(`complete -c gateflow ${first} -f -a help -d 'print help on a command'`);
  for (const { name, options, words } of known) {
    const within = `-n '__fish_seen_subcommand_from ${name}'`;
    if (words.length > 0) lines.push(`complete -c gateflow ${within} -f -a ${quoted(words.join(" "))}`);
    for (const { short, long, argChoices, required, optional, description } of options) {
      const names = [short && `-s ${short.slice(1)}`, long && `-l ${long.slice(2)}`]
        .filter(Boolean)
        .join(" ");
      const values =
        argChoices === undefined
          ? required || optional
            ? " -r"
            : ""
          : ` -x -a ${quoted(argChoices.join(" "))}`;
      lines.push(`complete -c gateflow ${within} ${names}${values} -d ${quoted(firstLine(description))}`);
    }
  }
  return `${lines.join("\n")}\n`;
}

/**
 * A script by which a shell completes commands, options and their values, made of the program's own tree of commands, so
 * that it names what there is. It starts no process at a press of the key.
 * @throws ConfigError for another shell.
 */
export function completionScript(program: Command, shell: string): string {
  const write = { bash, zsh, fish }[oneOf("gateflow completion", "shell", shell, SHELLS)];
  return write(commandsOf(program));
}
