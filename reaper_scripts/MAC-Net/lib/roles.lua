-- @noindex
-- Which voice a clip plays: melody, accompaniment or drums; by its name, else by how it moves. Pure.

local roles = {}

-- What producers call their tracks. Digits at the end of a word and accents do not matter.
local NAMES = {
  drums = [[
    drum drums drumkit drumset percussion perc percs kick snare hihat hihats hat hats hh clap claps cymbal cymbals
    crash toms shaker tambourine conga congas bongo bongos cajon 808 schlagzeug trommel trommeln batterie bateria
    percusion batteria percussione percussioni percussao slagwerk slagverk trummor trommer rummut perkusja bici
    ударные барабаны
  ]],
  melody = [[
    melody melodies mel lead leads ld vocal vocals vox voc voice voices topline hook tune theme solo melodie gesang
    singstimme stimme thema chant voix melodia canto voce tema voz melodi sang zang laulu glas spiew zpev superius
    cantus мелодия голос вокал
  ]],
  accompaniment = [[
    accompaniment accomp accompany acc acmp chord chords chd chds harmony harmonies backing comp comping pad pads
    bass bs bassline sub rhythm arp arpeggio continuo lh begleitung begl akkord akkorde harmonie accompagnement
    accord accords basse accompagnamento accordi basso armonia acompanamiento acordes acompanhamento bajo baixo
    harmonia begeleiding akkoorden bas ackompanjemang ackord akkompagnement akkorder soinnut akompaniament akordy
    doprovod аккомпанемент аккорды бас
  ]],
}
local PHRASES = {
  { "drums", "ドラム", "打楽器", "鼓", "드럼" },
  { "melody", "メロディ", "旋律", "ボーカル", "歌", "人声", "主唱", "멜로디", "보컬" },
  { "accompaniment", "left hand", "linke hand", "main gauche", "伴奏", "コード", "和音", "和弦" },
  { "accompaniment", "ベース", "贝斯", "貝斯", "반주", "코드", "베이스" },
}
local PLAIN = {
  ["à"] = "a", ["á"] = "a", ["â"] = "a", ["ã"] = "a", ["ä"] = "a", ["å"] = "a", ["ç"] = "c",
  ["è"] = "e", ["é"] = "e", ["ê"] = "e", ["ë"] = "e", ["ì"] = "i", ["í"] = "i", ["î"] = "i",
  ["ï"] = "i", ["ñ"] = "n", ["ò"] = "o", ["ó"] = "o", ["ô"] = "o", ["õ"] = "o", ["ö"] = "o",
  ["ø"] = "o", ["ù"] = "u", ["ú"] = "u", ["û"] = "u", ["ü"] = "u", ["ł"] = "l", ["ś"] = "s",
}
local CHORD_POINTS, BASS_BELOW, BASS_POINTS = 4, 48, 2
local SURE = 1.5 -- points between two voices from which on nobody is asked

local WORDS = {}
for role, words in pairs(NAMES) do
  for word in words:gmatch("%S+") do
    WORDS[word] = role
  end
end

local function plain(name)
  local parted = name:gsub("(%l)(%u)", "%1 %2"):lower()
  return (parted:gsub("[\xC2-\xC5][\x80-\xBF]", PLAIN))
end

local function add_phrases(text, said)
  for _, phrases in ipairs(PHRASES) do
    for at = 2, #phrases do
      if text:find(phrases[at], 1, true) then said[phrases[1]] = phrases[at] end
    end
  end
end

-- The role that a name tells and the word that tells it; nil when it tells none, or two that contradict.
function roles.of_name(name)
  local text, said = plain(name), {}
  add_phrases(text, said)
  for word in text:gmatch("[%w\128-\255]+") do
    local bare = word:gsub("%d+$", "")
    local role = WORDS[bare ~= "" and bare or word]
    if role then said[role] = said[role] or word end
  end
  local is_pitched_drum = text:find("steel ?drum") ~= nil
  if said.drums and not is_pitched_drum then return "drums", said.drums end
  if said.melody and said.accompaniment then return nil end
  if said.melody then return "melody", said.melody end
  if said.accompaniment then return "accompaniment", said.accompaniment end
  return nil
end

local function changes_of(notes)
  local changes = {}
  for _, note in ipairs(notes) do
    changes[#changes + 1] = { note.onset, 1 }
    changes[#changes + 1] = { note.onset + note.duration, -1 }
  end
  table.sort(changes, function(a, b)
    if a[1] ~= b[1] then return a[1] < b[1] end
    return a[2] < b[2]
  end)
  return changes
end

-- The part of the sounding time, 0 to 1, in which two notes or more sound together.
function roles.chord_share(notes)
  local sounding, together, count, last = 0, 0, 0, 0
  for _, change in ipairs(changes_of(notes)) do
    local span = change[1] - last
    if count > 0 then sounding = sounding + span end
    if count > 1 then together = together + span end
    count, last = count + change[2], change[1]
  end
  return sounding > 0 and together / sounding or 0
end

local function middle_pitch(notes)
  local pitches = {}
  for at, note in ipairs(notes) do
    pitches[at] = note.pitch
  end
  table.sort(pitches)
  local half = #pitches // 2
  if #pitches % 2 == 1 then return pitches[half + 1] end
  return (pitches[half] + pitches[half + 1]) / 2
end

-- Points above 0 speak for a melody.
local function points_of(notes)
  local points = 2 - CHORD_POINTS * roles.chord_share(notes)
  return middle_pitch(notes) < BASS_BELOW and points - BASS_POINTS or points
end

-- The role of a clip that is alone.
function roles.of_clip(name, notes)
  local named = roles.of_name(name)
  if named then return named end
  return points_of(notes) > 0 and "melody" or "accompaniment"
end

local OTHER = { melody = "accompaniment", accompaniment = "melody" }

-- The roles of two clips that go together, each { name, notes }; and whether that is anything but sure.
function roles.of_two(one, two)
  local first, second = roles.of_name(one.name), roles.of_name(two.name)
  if first == "drums" or second == "drums" then return first or "melody", second or "melody", false end
  if first and first ~= second then return first, OTHER[first], false end
  if second and first ~= second then return OTHER[second], second, false end
  local height = (middle_pitch(one.notes) - middle_pitch(two.notes)) / 6
  local lead = points_of(one.notes) - points_of(two.notes) + math.max(-2, math.min(2, height))
  local role = lead >= 0 and "melody" or "accompaniment"
  return role, OTHER[role], math.abs(lead) < SURE
end

return roles
