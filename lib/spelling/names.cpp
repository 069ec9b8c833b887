#include "spelling/names.hpp"

#include <algorithm>
#include <iterator>
#include <string>

namespace cuvae {
namespace {

// Each list ascends.
// clang-format off
constexpr std::string_view given_names[] = {
    "Aaron", "Abigail", "Adam", "Adrian", "Agnes", "Ahmed", "Aisha", "Alan", "Albert", "Alejandro",
    "Alex", "Alexander", "Alice", "Amanda", "Amina", "Amy", "Ana", "Andrea", "Andrei", "Andrew",
    "Angela", "Anita", "Anna", "Anthony", "Antonio", "Arjun", "Arthur", "Asha", "Astrid", "Barbara",
    "Beatriz", "Benjamin", "Bianca", "Brandon", "Brian", "Bruno", "Camila", "Carl", "Carlos",
    "Carmen", "Carol", "Caroline", "Catherine", "Charles", "Charlotte", "Chen", "Chloe",
    "Christian", "Christine", "Christopher", "Claire", "Clara", "Claudia", "Cynthia", "Daniel",
    "Daniela", "David", "Deborah", "Denise", "Dennis", "Diana", "Diego", "Dmitri", "Donald",
    "Donna", "Dorothy", "Edward", "Elena", "Elizabeth", "Ella", "Emil", "Emily", "Emma", "Eric",
    "Erik", "Ethan", "Eva", "Fatima", "Felix", "Fernando", "Fiona", "Francesca", "Frank", "Gabriel",
    "Gary", "George", "Giovanni", "Giulia", "Grace", "Gregory", "Gustav", "Hana", "Hannah", "Hans",
    "Harold", "Hassan", "Heather", "Helen", "Henry", "Hiroshi", "Hugo", "Ibrahim", "Ines", "Ingrid",
    "Irina", "Isabella", "Ivan", "Jack", "Jacob", "James", "Jan", "Jason", "Javier", "Jean",
    "Jeffrey", "Jennifer", "Jessica", "Joan", "Johan", "John", "Jonathan", "Jose", "Joseph",
    "Joshua", "Juan", "Julia", "Julian", "Justin", "Karen", "Karl", "Katarina", "Kateryna",
    "Kathleen", "Keiko", "Kenneth", "Kevin", "Kofi", "Kwame", "Larry", "Lars", "Laura", "Lauren",
    "Leila", "Leo", "Lin", "Linda", "Lisa", "Louis", "Lucas", "Lucia", "Luis", "Lukas", "Magdalena",
    "Marco", "Margaret", "Maria", "Marie", "Mark", "Marta", "Martin", "Mary", "Mateo", "Matthew",
    "Maya", "Mei", "Melissa", "Michael", "Michelle", "Miguel", "Mohammed", "Monika", "Nancy",
    "Natalia", "Nathan", "Nicholas", "Nicole", "Nikola", "Nina", "Noah", "Nora", "Olga", "Oliver",
    "Olivia", "Omar", "Oscar", "Pablo", "Pamela", "Patricia", "Patrick", "Paul", "Paula", "Pavel",
    "Pedro", "Peter", "Petra", "Philip", "Priya", "Rachel", "Rafael", "Raj", "Ravi", "Raymond",
    "Rebecca", "Ricardo", "Richard", "Robert", "Rosa", "Ruth", "Ryan", "Samuel", "Sandra", "Sara",
    "Sarah", "Scott", "Sean", "Sergei", "Sharon", "Simon", "Sofia", "Sophie", "Stefan", "Stephanie",
    "Stephen", "Steven", "Susan", "Sven", "Tanya", "Tariq", "Teresa", "Thomas", "Timothy", "Tomas",
    "Valentina", "Vera", "Victor", "Victoria", "Viktor", "Vincent", "Walter", "Wei", "William",
    "Yasmin", "Yuki", "Yusuf", "Zoe",
};

constexpr std::string_view family_names[] = {
    "Abbott", "Adams", "Ahmed", "Akhtar", "Ali", "Allen", "Almeida", "Alvarez", "Andersen",
    "Anderson", "Andersson", "Bailey", "Baker", "Banerjee", "Barnes", "Bauer", "Becker", "Bell",
    "Bennett", "Bernard", "Bianchi", "Bianco", "Boateng", "Bondarenko", "Brooks", "Brown", "Bruno",
    "Butler", "Campbell", "Carter", "Castillo", "Castro", "Chan", "Chavez", "Chen", "Clark",
    "Collins", "Colombo", "Conti", "Cook", "Cooper", "Costa", "Cox", "Cruz", "Davies", "Davis",
    "Diallo", "Diaz", "Dubois", "Dupont", "Durand", "Edwards", "Eriksson", "Esposito", "Evans",
    "Fernandes", "Fernandez", "Ferrari", "Fischer", "Fisher", "Flores", "Foster", "Fournier",
    "Fuchs", "Fujita", "Garcia", "Gomes", "Gomez", "Gonzalez", "Gray", "Green", "Gruber", "Gupta",
    "Gutierrez", "Hall", "Hansen", "Harris", "Hassan", "Henderson", "Hernandez", "Hill", "Hoffmann",
    "Horvat", "Howard", "Huber", "Hughes", "Hussain", "Ibrahim", "Ito", "Ivanov", "Jackson",
    "James", "Jansen", "Jenkins", "Jensen", "Jimenez", "Johansson", "Johnson", "Jones", "Kaminski",
    "Kang", "Kato", "Kaur", "Kelly", "Khan", "Kim", "King", "Klein", "Kobayashi", "Koch", "Kovac",
    "Kovacs", "Kowalski", "Kumar", "Lambert", "Larsen", "Laurent", "Lee", "Lefebvre", "Lehmann",
    "Leroy", "Lewis", "Lin", "Lindberg", "Liu", "Long", "Lopez", "Maier", "Marino", "Martin",
    "Martinez", "Martins", "Mehta", "Mendoza", "Mensah", "Meyer", "Miller", "Mitchell", "Moore",
    "Morales", "Moreau", "Morgan", "Morris", "Muller", "Murphy", "Murray", "Myers", "Nakamura",
    "Nelson", "Nguyen", "Nielsen", "Novak", "Nowak", "Okafor", "Okeke", "Olsen", "Ortiz", "Owusu",
    "Park", "Parker", "Patel", "Pereira", "Perez", "Peterson", "Petrov", "Pham", "Phillips",
    "Popescu", "Powell", "Price", "Ramirez", "Ramos", "Reed", "Reyes", "Ribeiro", "Ricci",
    "Richardson", "Richter", "Rivera", "Roberts", "Robinson", "Rodriguez", "Rogers", "Romano",
    "Rossi", "Roux", "Ruiz", "Russell", "Russo", "Sanchez", "Sanders", "Santos", "Sato", "Schmidt",
    "Schneider", "Schulz", "Schwarz", "Scott", "Sharma", "Silva", "Simon", "Singh", "Smith",
    "Sousa", "Stewart", "Sullivan", "Suzuki", "Svensson", "Tan", "Tanaka", "Taylor", "Thomas",
    "Thompson", "Torres", "Tran", "Turner", "Vargas", "Vasquez", "Visser", "Wagner", "Walker",
    "Wang", "Ward", "Watson", "Weber", "White", "Williams", "Wilson", "Wolf", "Wong", "Wood",
    "Wright", "Wu", "Yamamoto", "Yang", "Young", "Zhang", "Zimmermann",
};

constexpr std::string_view street_names[] = {
    "Acorn", "Alder", "Amber", "Apple", "Ash", "Aspen", "Autumn", "Bay", "Beacon", "Beech", "Birch",
    "Blossom", "Bluebell", "Boulder", "Bramble", "Bridge", "Brook", "Canal", "Castle", "Cedar",
    "Chapel", "Cherry", "Chestnut", "Church", "Clover", "College", "Copper", "Coral", "Corner",
    "Cottage", "Crescent", "Crystal", "Cypress", "Daisy", "Dale", "Eagle", "Edge", "Elder", "Elm",
    "Fairview", "Falcon", "Fern", "Field", "Fir", "Forest", "Fountain", "Garden", "Gate", "Glen",
    "Granite", "Green", "Grove", "Harbor", "Harvest", "Hawthorn", "Hazel", "Heather", "Heron",
    "Hickory", "High", "Hill", "Holly", "Ivy", "Jasmine", "Juniper", "Lake", "Larch", "Laurel",
    "Lavender", "Lilac", "Lime", "Linden", "Lower", "Magnolia", "Main", "Maple", "Market", "Marsh",
    "Meadow", "Mill", "Mountain", "New", "North", "Oak", "Ocean", "Old", "Olive", "Orchard", "Park",
    "Pearl", "Pebble", "Pine", "Plum", "Pond", "Poplar", "Prairie", "Quarry", "Rainbow", "Ridge",
    "River", "Robin", "Rose", "Rowan", "Sage", "School", "Shady", "Silver", "South", "Spring",
    "Spruce", "Station", "Stone", "Summer", "Sunset", "Swan", "Sycamore", "Thistle", "Timber",
    "Tulip", "Upper", "Valley", "Vine", "Violet", "Walnut", "Water", "West", "Willow", "Windmill",
    "Winter", "Wood",
};

constexpr std::string_view street_words[] = {
    "allee", "ave", "avenida", "avenue", "blvd", "boulevard", "calle", "chemin", "close", "court",
    "crescent", "ct", "dr", "drive", "gasse", "lane", "ln", "parkway", "pl", "place", "platz",
    "plaza", "rd", "road", "rua", "rue", "square", "st", "str", "straat", "strada", "strasse",
    "stra\xc3\x9f\x65", "street", "terrace", "via", "way", "weg",
};
// clang-format on

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string lowered(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = lower(c);
  return result;
}

}  // namespace

std::string_view to_string(NameList list) {
  return list == NameList::given ? "given" : list == NameList::family ? "family" : "streets";
}

std::optional<NameList> name_list_from(std::string_view text) {
  for (const NameList list : {NameList::given, NameList::family, NameList::streets}) {
    if (to_string(list) == text) return list;
  }
  return std::nullopt;
}

std::span<const std::string_view> names_of(NameList list) {
  if (list == NameList::given) return given_names;
  if (list == NameList::family) return family_names;
  return street_names;
}

std::optional<std::size_t> place_in(NameList list, std::string_view name) {
  const auto names = names_of(list);
  std::string capital = lowered(name);
  if (capital.empty() || capital[0] < 'a' || capital[0] > 'z') return std::nullopt;
  capital[0] = static_cast<char>(capital[0] - 'a' + 'A');
  const auto found = std::lower_bound(names.begin(), names.end(), std::string_view(capital));
  if (found == names.end() || *found != capital) return std::nullopt;
  return static_cast<std::size_t>(found - names.begin());
}

std::string_view street_ending(std::string_view word) {
  const std::string text = lowered(word);
  for (const std::string_view ending : {"strasse", "stra\xc3\x9f\x65", "straat", "gasse", "weg"}) {
    if (text.size() > ending.size() && std::string_view(text).ends_with(ending)) {
      return word.substr(word.size() - ending.size());
    }
  }
  return {};
}

bool is_street_word(std::string_view word) {
  if (!street_ending(word).empty()) return true;
  const std::string text = lowered(word);
  return std::binary_search(std::begin(street_words), std::end(street_words),
                            std::string_view(text));
}

}  // namespace cuvae
