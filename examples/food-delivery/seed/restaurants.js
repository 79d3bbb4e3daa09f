db.restaurants.insertMany([
  {
    _id: "napoli",
    name: "Pizzeria Napoli",
    cooksMinutes: 12,
    ridesMinutes: 10,
    menu: [
      { dish: "margherita", name: "Pizza Margherita", cents: 890 },
      { dish: "diavola", name: "Pizza Diavola", cents: 1050 },
    ],
  },
  {
    _id: "saigon",
    name: "Saigon Street",
    cooksMinutes: 9,
    ridesMinutes: 15,
    menu: [
      { dish: "pho", name: "Pho Bo", cents: 1120 },
      { dish: "rolls", name: "Summer rolls", cents: 640 },
    ],
  },
  {
    _id: "anatolia",
    name: "Anatolia Grill",
    cooksMinutes: 7,
    ridesMinutes: 8,
    menu: [
      { dish: "doner", name: "Döner", cents: 750 },
      { dish: "lentils", name: "Lentil soup", cents: 520 },
    ],
  },
]);
db.partners.insertMany(["Ada", "Bilal", "Chiara", "Duc"].map((name) => ({ _id: name, deliveries: 0 })));
